"""Several processes train a stage as one does: the same curve, and none is left when one ends."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import torch

from scicot.adapters.students.training.crew import ALONE, Crew
from scicot.adapters.students.training.job import StageJob, StepReport
from scicot.adapters.students.training.recruiting import Leader, recruited
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.words.errors import Cancelled, StudentError
from tests.adapters.students.test_student_training import (
    Watcher,
    make_job,
    one_thread,
    same,
    weights,
)
from tests.tiny_students import tiny_t5

__all__ = ["one_thread", "tiny_t5"]

CLOSE = 2e-6  # of a loss of 6 nats: what sums in another order differ by, over 12 steps
CLOSE_WEIGHTS = 2e-5
Trained = tuple[list[float], dict[str, torch.Tensor]]


def train(job: StageJob, processes: int, watcher: Watcher | None = None) -> Trained:
    with recruited(job, processes, lambda: None) as crew:
        return train_with(job, crew, watcher or Watcher())


def train_with(job: StageJob, crew: Crew, watcher: Watcher) -> Trained:
    trainer = StageTrainer(job, crew)
    state = trainer.train(watcher)
    return state.losses, weights(trainer)


@cache
def by_two(student: Path) -> Trained:
    """Return the curve and weights of two processes that nothing disturbs, once for all tests."""
    with TemporaryDirectory() as folder:
        return train(make_job(student, Path(folder)), 2)


def test_two_processes_learn_what_one_does(tiny_t5: Path, tmp_path: Path) -> None:
    losses, trained = train(make_job(tiny_t5, tmp_path / "alone"), 1)
    shared_losses, shared = by_two(tiny_t5)
    assert len(losses) == 12
    assert losses[-1] < losses[0] - 0.5
    assert shared_losses == pytest.approx(losses, abs=CLOSE)
    for name, value in trained.items():
        torch.testing.assert_close(shared[name], value, atol=CLOSE_WEIGHTS, rtol=0)


class Striking(Watcher):
    """Does something to the processes at a step."""

    def __init__(self, at_step: int, strike: Callable[[], None]) -> None:
        super().__init__()
        self.at_step = at_step
        self.strike = strike

    def step(self, report: StepReport) -> None:
        super().step(report)
        if report.step == self.at_step:
            self.strike()


def test_a_killed_helper_ends_the_training_by_name_and_it_resumes_to_the_same_weights(
    tiny_t5: Path, tmp_path: Path
) -> None:
    job = make_job(tiny_t5, tmp_path / "work")
    with recruited(job, 2, lambda: None) as crew:
        assert isinstance(crew, Leader)
        (helper,) = crew.helpers
        watcher = Striking(6, helper.process.kill)
        with pytest.raises(StudentError, match=r"Process 2 of 2 .* ended by signal 9.* Resume"):
            train_with(job, crew, watcher)
    assert not torch.distributed.is_initialized()
    losses, resumed = train(job, 2)
    assert same(resumed, by_two(tiny_t5)[1])
    assert losses == by_two(tiny_t5)[0]


def test_a_helper_that_cannot_begin_is_no_endless_wait(tiny_t5: Path, tmp_path: Path) -> None:
    job = replace(make_job(tiny_t5, tmp_path / "work"), student=tmp_path / "no-such-student")
    with (
        recruited(job, 2, lambda: None) as crew,
        pytest.raises(StudentError, match="no-such-student"),
    ):
        crew.meet()


def test_a_stop_is_heard_while_the_helpers_load(tiny_t5: Path, tmp_path: Path) -> None:
    def stop() -> None:
        raise Cancelled("asked to")

    job = make_job(tiny_t5, tmp_path / "work")
    with recruited(job, 3, stop) as crew:
        assert isinstance(crew, Leader)
        with pytest.raises(Cancelled):
            crew.meet()
    assert [helper.process.returncode for helper in crew.helpers] == [-signal.SIGKILL] * 2


def test_a_gpu_is_not_shared(
    tiny_t5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job: Any = make_job(tiny_t5, tmp_path / "work")
    monkeypatch.setattr(
        "scicot.adapters.students.training.recruiting.choose_device", lambda _: "cuda"
    )
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with (
        pytest.raises(StudentError, match=r"in 2 processes.* has 1 GPU"),
        recruited(job, 2, lambda: None),
    ):
        raise AssertionError("it began")


def test_one_process_is_nobodys_crew(tiny_t5: Path, tmp_path: Path) -> None:
    with recruited(make_job(tiny_t5, tmp_path / "work"), 1, lambda: None) as crew:
        assert crew is ALONE
