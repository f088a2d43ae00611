"""Questions answered in groups: what was answered is read again, and what is damaged is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.shared_student import Processes
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.asking.writing import KEPT_BYTES
from scicot.adapters.students.stages.stage_files import WRITTEN
from scicot.cli.handlers import HANDLERS
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.students import answering
from scicot.services.students.predicting import start_prediction
from scicot.services.students.run_students import RunStudents
from scicot.services.students.stages import TrainedStage
from scicot.words.configs import PredictionConfig
from scicot.words.records import Actor, Prediction, RunStatus, Split
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_causal

__all__ = ["tiny_causal"]

ADA = Actor("Ada")
ASKED = 5


@pytest.fixture(autouse=True)
def groups_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = dict.fromkeys(answering.AT_ONCE, 2)
    monkeypatch.setattr(answering, "AT_ONCE", sizes)


@pytest.fixture
def trained(session: Session, settings: Settings, tmp_path: Path, tiny_causal: Path) -> RunView:
    prepare(session, tmp_path / "files", validation=ASKED)
    run = train(session, settings, tiny_config("one_stage", tiny_causal))
    session.rollback()
    return run


def ask(session: Session, settings: Settings, trained: RunView) -> tuple[RunStatus, int, list[str]]:
    """Let a run of its own answer the validation questions; return its end, number and words."""
    config = PredictionConfig(run=trained.id, dataset="demo", split=Split.VALIDATION)
    run_id = start_prediction(session, settings, ADA, config)
    session.rollback()
    told: list[str] = []

    def hear(event: Mapping[str, Any]) -> None:
        told.extend(filter(None, [event.get("message")]))

    status = run_worker(run_id, settings, HANDLERS, tell=hear)
    return status, run_id, told


def answers(session: Session, settings: Settings, trained: RunView) -> list[Prediction]:
    status, run_id, _ = ask(session, settings, trained)
    assert status is RunStatus.DONE
    stored = list_predictions(session, run_id)
    session.rollback()
    return stored


@contextmanager
def watched(fails_at: int | None = None) -> Iterator[list[int]]:
    """Yield how many questions each call to score had; one call may fail."""
    score, sizes = TorchStudent.score_both, list[int]()

    def score_or_fail(student: TorchStudent, inputs: Any, *more: Any, **named: Any) -> Any:
        sizes.append(len(inputs))
        if len(sizes) == fails_at:
            raise ValueError("a fault of the test's")
        return score(student, inputs, *more, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TorchStudent, "score_both", score_or_fail)
        patched.setattr(FastStudent, "open", None)  # nobody may open another
        yield sizes


def kept(settings: Settings) -> list[Path]:
    return sorted(settings.artifacts_folder.glob(f"stages/*/{WRITTEN}/*.json"))


def test_what_was_answered_is_read_again_and_the_student_stays_closed(
    session: Session, settings: Settings, trained: RunView, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched() as sizes:
        first = answers(session, settings, trained)
    assert sizes == [2, 2, 1]
    monkeypatch.setattr(TorchStudent, "open", None)  # nobody may open it
    assert answers(session, settings, trained) == first
    _, run_id, told = ask(session, settings, trained)
    run = get_run(session, run_id)
    assert run.progress_done == run.progress_total == 2 * ASKED
    assert any("answering: 2 of 5 questions were answered before" in word for word in told)


def test_the_student_that_writes_a_group_is_the_one_for_all_of_it(
    session: Session, settings: Settings, trained: RunView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_processes(_: RunStudents, __: TrainedStage, questions: int) -> Processes:
        """One with more threads than are quick, where questions are few."""
        return Processes(1, 1 if questions == ASKED else 64, KEPT_BYTES)

    monkeypatch.setattr(RunStudents, "_processes", in_processes)
    with watched() as sizes:
        first = answers(session, settings, trained)
    assert sizes == [2, 2, 1]
    assert len(first) == ASKED


def test_groups_that_were_answered_before_a_fault_stay_and_the_others_come_out_the_same(
    session: Session, settings: Settings, trained: RunView
) -> None:
    before = set(kept(settings))
    with watched(fails_at=2):
        status, _, _ = ask(session, settings, trained)
    assert status is RunStatus.FAILED
    assert len(kept(settings)) == len(before) + 1
    with watched() as sizes:
        resumed = answers(session, settings, trained)
    assert sizes == [2, 1]
    for path in set(kept(settings)) - before:
        path.unlink()
    assert answers(session, settings, trained) == resumed, "bit for bit"


@pytest.mark.parametrize("damage", ["", "[]", '{"answers": [], "unended": {}}', '{"answers": 1}'])
def test_a_damaged_group_is_answered_again(
    session: Session, settings: Settings, trained: RunView, damage: str
) -> None:
    before = set(kept(settings))
    first = answers(session, settings, trained)
    mine = sorted(set(kept(settings)) - before)
    assert len(mine) == 3
    whole = mine[0].read_text()
    mine[0].write_text(damage)
    assert answers(session, settings, trained) == first
    assert mine[0].read_text() == whole
