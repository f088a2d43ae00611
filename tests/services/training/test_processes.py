"""A run whose stages several processes train together: one row, one curve, as by one process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students.training import recruiting
from scicot.adapters.students.training.job import StageJob
from scicot.cli.handlers import HANDLERS
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import get_run, list_metrics
from scicot.services.runs.steering import request_cancel, resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.training.training import start_training
from scicot.words.records import Actor, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

ADA = Actor("Ada")


def how_trained(run: RunView) -> list[tuple[int, bool]]:
    stages: Any = run.result["stages"]
    return [(stage["processes"], stage["reused"]) for stage in stages.values()]


def test_a_run_of_two_processes_is_told_as_one_and_goes_on_after_a_cancel(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(session, tmp_path / "data")
    shared = tiny_config("finetune", tiny_t5, processes=2, checkpoint_every=1, epochs=3)
    run_id = start_training(session, settings, ADA, shared)
    report = RunContext.report

    def cancel_after_step_1(self: RunContext, **values: Any) -> None:
        report(self, **values)
        if "step 1 of" in str(values.get("message")):
            with self.session() as other:
                request_cancel(other, ADA, run_id)
            self.cancel_event.set()

    with monkeypatch.context() as patched:
        patched.setattr(RunContext, "report", cancel_after_step_1)
        assert run_worker(run_id, settings, HANDLERS) is RunStatus.CANCELLED
    session.rollback()
    resume_run(session, ADA, run_id)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    run = get_run(session, run_id)
    assert how_trained(run) == [(2, False)]
    steps = [point.step for point in list_metrics(session, run_id, "loss")]
    assert steps == list(range(1, len(steps) + 1)), "a curve of one run"
    again = train(session, settings, tiny_config("finetune", tiny_t5, epochs=3))
    assert how_trained(again) == [(2, True)], "a stage is what it is, however many trained it"


def test_processes_divide_the_threads_of_a_run(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(session, tmp_path / "data")
    monkeypatch.setattr("scicot.services.students.stage_training.run_threads", lambda _: 6)
    asked: list[tuple[int, int]] = []

    def refuse(job: StageJob, processes: int, _stop: object) -> None:
        asked.append((job.threads, processes))
        raise MemoryError

    monkeypatch.setattr(recruiting, "recruited", refuse)
    run_id = start_training(session, settings, ADA, tiny_config("finetune", tiny_t5, processes=4))
    run_worker(run_id, settings, HANDLERS)
    assert asked == [(1, 4)]
