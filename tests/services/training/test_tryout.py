"""The try-out of a student as a run: each step is told, and cancelling ends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students.tryout.probe import ProbeResult
from scicot.cli.handlers import HANDLERS
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel
from scicot.services.runs.worker import run_worker
from scicot.services.training import estimate
from scicot.services.training.estimate import data_mark, remembered_estimate
from scicot.services.training.tryout import run_estimate, start_estimate
from scicot.words.configs import EstimateConfig, TrainingConfig
from scicot.words.records import Actor, RunKind, RunStatus, Split
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")


def start(session: Session, settings: Settings, config: TrainingConfig) -> int:
    asked = EstimateConfig(
        dataset=config.dataset, student=config.student, training=config.model_dump(mode="json")
    )
    return start_estimate(session, settings, ADA, asked)


def probe_of(steps: int, before: Callable[[int], None] = lambda _step: None) -> Any:
    def run(*given: Any) -> ProbeResult:
        on_step = given[-1]
        for step in range(1, steps + 1):
            before(step)
            on_step(step)
        return ProbeResult(0.01, 0.5, 20.0, steps)

    return run


def test_a_try_out_tells_its_steps_and_is_remembered(
    session: Session, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(session, tmp_path / "data")
    config = tiny_config("sci_cot", build_tiny_t5(tmp_path / "tiny-t5"))
    assert remembered_estimate(session, settings, config) is None
    before = data_mark(session, settings)
    monkeypatch.setattr(estimate, "run_probe", probe_of(10))
    told: list[Any] = []
    run_id = start(session, settings, config)
    assert run_worker(run_id, settings, HANDLERS, tell=told.append) is RunStatus.DONE
    done = [event["done"] for event in told if "done" in event]
    assert done == list(range(11))
    session.rollback()
    found = remembered_estimate(session, settings, config)
    assert found is not None
    assert get_run(session, run_id).message == found.sentence()
    assert data_mark(session, settings) != before


def test_the_time_to_answer_counts_all_that_a_run_asks_after_its_training(
    session: Session, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = prepare(session, tmp_path / "data")
    config = tiny_config("finetune", build_tiny_t5(tmp_path / "tiny-t5"))
    monkeypatch.setattr(estimate, "run_probe", probe_of(10))
    found = estimate.estimate_training(session, settings, config)
    split = questions[Split(config.evaluate_on)]
    asked = len(split) + len(questions[Split.TRAIN])  # few enough to be the training sample
    assert found.testing == 2 * asked * 0.5  # an answer is written, and its options are scored


def test_a_cancelled_try_out_is_not_remembered(
    session: Session, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(session, tmp_path / "data")
    config = tiny_config("finetune", build_tiny_t5(tmp_path / "tiny-t5"))
    run_id = start(session, settings, config)
    contexts: list[Any] = []

    def handler(context: RunContext) -> Any:
        contexts.append(context)
        return run_estimate(context)

    def cancel(step: int) -> None:
        if step == 3:
            request_cancel(session, ADA, run_id)
            contexts[0].cancel_event.set()  # as the heartbeat does within a second

    monkeypatch.setattr(estimate, "run_probe", probe_of(10, cancel))
    assert run_worker(run_id, settings, {RunKind.ESTIMATE: handler}) is RunStatus.CANCELLED
    session.rollback()
    assert remembered_estimate(session, settings, config) is None
