"""A run with several threads has helpers: it says so, stops with them, and goes on without."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students.asking import shared_student
from scicot.adapters.students.helpers.led import MODULE
from scicot.adapters.students.training import worth
from scicot.cli.handlers import HANDLERS
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel, resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.training.training import start_training
from scicot.words.records import Actor, Family, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import Settings, get_settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_causal

__all__ = ["tiny_causal"]

ADA = Actor("Ada")


@pytest.fixture
def by_two(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings of two threads, for which the smallest student is worth a helper."""
    prepare(session, tmp_path / "data")
    monkeypatch.setenv("SCICOT_THREADS", "2")
    monkeypatch.setattr(worth, "WORTH_A_HELPER", 0)
    monkeypatch.setattr(shared_student, "SMALL", 0)
    monkeypatch.setattr(shared_student, "WORTH_A_HELPER", dict.fromkeys(Family, 1))
    get_settings.cache_clear()
    return get_settings()


def living_helpers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if MODULE in child.cmdline()]


def hands_of(run: RunView) -> list[int]:
    stages: Any = run.result["stages"]
    return [stage["hands"] for stage in stages.values()]


def test_a_run_of_two_threads_is_helped_in_all_its_parts_and_leaves_nobody(
    session: Session, by_two: Settings, tiny_causal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, int] = {}
    report = RunContext.report

    def look(self: RunContext, **values: Any) -> None:
        report(self, **values)
        part = str(values.get("message")).partition(":")[0]
        seen[part] = max(seen.get(part, 0), len(living_helpers()))

    monkeypatch.setattr(RunContext, "report", look)
    run = train(session, by_two, tiny_config("one_stage", tiny_causal))
    assert hands_of(run) == [2]
    assert {part: seen[part] for part in ("one_stage", "answering", "scoring options")} == {
        "one_stage": 1,
        "answering": 1,
        "scoring options": 1,
    }
    assert living_helpers() == []
    questions: Any = run.result["metrics"]
    assert len(list_predictions(session, run.id)) == questions["questions"] > 0


def carry_out_until(
    session: Session,
    settings: Settings,
    student: Path,
    monkeypatch: pytest.MonkeyPatch,
    strike: Callable[[RunContext], None],
) -> tuple[int, RunStatus]:
    """Return a run that `strike` befalls after its second step, and how it ended."""
    config = tiny_config("finetune", student, checkpoint_every=1, epochs=3)
    run_id = start_training(session, settings, ADA, config)
    report = RunContext.report

    def strike_then(self: RunContext, **values: Any) -> None:
        report(self, **values)
        if "step 2 of" in str(values.get("message")):
            strike(self)

    with monkeypatch.context() as patched:
        patched.setattr("scicot.services.students.watcher.FLUSH_SECONDS", 0.0)
        patched.setattr(RunContext, "report", strike_then)
        status = run_worker(run_id, settings, HANDLERS)
    session.rollback()
    return run_id, status


def goes_on(session: Session, settings: Settings, run_id: int) -> RunView:
    resume_run(session, ADA, run_id)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    return get_run(session, run_id)


def test_a_cancelled_run_takes_its_helpers_along_and_goes_on_as_it_was(
    session: Session, by_two: Settings, tiny_causal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def cancel(context: RunContext) -> None:
        for helper in living_helpers():
            helper.send_signal(signal.SIGSTOP)  # it does not answer any more
        asked.append(time.monotonic())
        with context.session() as other:
            request_cancel(other, ADA, context.run.id)
        context.cancel_event.set()

    run_id, status = carry_out_until(session, by_two, tiny_causal, monkeypatch, cancel)
    assert status is RunStatus.CANCELLED
    assert time.monotonic() - asked[0] < 5
    assert living_helpers() == []
    assert hands_of(goes_on(session, by_two, run_id)) == [2]


def test_a_run_whose_helper_was_killed_says_so_and_goes_on_from_what_is_saved(
    session: Session, by_two: Settings, tiny_causal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(_context: RunContext) -> None:
        for helper in living_helpers():
            helper.kill()

    run_id, status = carry_out_until(session, by_two, tiny_causal, monkeypatch, kill)
    assert status is RunStatus.FAILED
    error = get_run(session, run_id).error or ""
    assert "Process 2 of those that work on this run ended by signal 9" in error
    assert "short of memory" in error
    assert "Resume the run" in error
    assert hands_of(goes_on(session, by_two, run_id)) == [2]
