"""A disk that fills up under a run: nothing paid is lost, and the run says why it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from db.session import get_engine
from scicot.cli.handlers import HANDLERS
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.teacher.generation import start_generation
from scicot.services.training.training import start_training
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor, CompletionState, RunStatus
from scicot.words.settings import get_settings
from tests.builders import store_questions
from tests.fake_teacher import GOOD, FakeTeacher, serve
from tests.services.teacher_runs import config_for, states
from tests.services.training_line import prepare, tiny_config
from tests.small_disk import fill, small_disk
from tests.tiny_students import build_tiny_t5

pytestmark = pytest.mark.sqlite  # the disk is that of its file
ADA = Actor("Ada")
QUESTIONS = 40


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of 40 MB with the home folder on it."""
    with small_disk(tmp_path / "disk", megabytes=40) as mounted:
        monkeypatch.setenv("SCICOT_HOME", str(mounted / "home"))
        get_settings.cache_clear()
        yield mounted
        get_engine(get_settings().resolved_database_url).dispose()


def test_a_disk_that_fills_while_answers_arrive_costs_none_of_them(
    disk: Path, tmp_path: Path
) -> None:
    def full_from_the_tenth(number: int) -> str:
        if number == 10:
            fill(disk)
        return GOOD

    teacher = FakeTeacher(faults=full_from_the_tenth, latency=0.01)
    with serve(teacher), open_workspace() as session:
        store_questions(session, tmp_path / "data", train=QUESTIONS, validation=0, test=0)
        run_id = start_generation(session, get_settings(), ADA, config_for(teacher))
        session.commit()
        assert run_worker(run_id, get_settings(), HANDLERS) is RunStatus.FAILED
        session.rollback()
        failed = get_run(session, run_id)
        assert failed.status is RunStatus.FAILED
        assert "room" in (failed.error or ""), failed.error
        assert teacher.count < QUESTIONS  # nothing more is sent than can be written down
        session.commit()
        (disk / "filler").unlink()
        resume_run(session, ADA, run_id)
        assert run_worker(run_id, get_settings(), HANDLERS) is RunStatus.DONE
        assert states(session) == Counter({CompletionState.STORED: QUESTIONS})
        assert teacher.count == QUESTIONS  # each was asked once: what had come is there


def test_a_disk_that_fills_while_a_student_trains_ends_the_run_with_the_cause(
    disk: Path, tmp_path: Path
) -> None:
    def full_once_it_trains(event: Mapping[str, Any]) -> None:
        if event.get("metrics"):
            fill(disk)

    student = build_tiny_t5(tmp_path / "student")
    with open_workspace() as session:
        prepare(session, tmp_path / "data", train=12, validation=0, test=4)
        config = tiny_config("finetune", student, epochs=6, checkpoint_every=2)
        run_id = start_training(session, get_settings(), ADA, config)
        session.commit()
        status = run_worker(run_id, get_settings(), HANDLERS, tell=full_once_it_trains)
        assert status is RunStatus.FAILED
        session.rollback()
        failed = get_run(session, run_id)
        assert failed.status is RunStatus.FAILED
        assert "disk" in (failed.error or ""), failed.error
        assert "full" in (failed.error or ""), failed.error
        session.commit()
        (disk / "filler").unlink()
        resume_run(session, ADA, run_id)
        assert run_worker(run_id, get_settings(), HANDLERS) is RunStatus.DONE
