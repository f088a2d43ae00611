"""A training whose machine is wanted back saves the step it is at, wherever it is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scicot.adapters.students.training.trainer import StageTrainer
from scicot.pure.methods.finetune import ANSWERS
from scicot.pure.methods.tasks import Validation, make_choosing
from scicot.words.errors import Preempted
from tests.adapters.students.test_student_training import (
    Watcher,
    make_job,
    questions,
    same,
    tiny_t5,
    unbroken,
    weights,
)

__all__ = ["tiny_t5"]


class Scheduler(Watcher):
    """Wants the machine back once a step is done, or when it is asked so often behind that."""

    def __init__(self, at_step: int, questions_later: int = 0) -> None:
        super().__init__()
        self.at_step, self.left = at_step, questions_later
        self.kept: list[str] = []

    def pause(self) -> None:
        if not self.reports or self.reports[-1].step < self.at_step:
            return
        if self.left == 0:
            raise Preempted("wanted back by the test")
        self.left -= 1

    def saved(self, checkpoint: Path) -> None:
        self.kept.append(checkpoint.name)


@pytest.mark.parametrize("at_step", [1, 6, 11, 12])
def test_a_training_that_is_put_down_goes_on_with_the_next_step(
    tiny_t5: Path, tmp_path: Path, at_step: int
) -> None:
    job = make_job(tiny_t5, tmp_path / "work", checkpoint_every=1000)
    scheduler = Scheduler(at_step)
    with pytest.raises(Preempted):
        StageTrainer(job).train(scheduler)
    assert scheduler.kept == [f"step-{at_step:08d}"]
    later, resumed = Watcher(), StageTrainer(job)
    resumed.train(later)
    assert [report.step for report in later.reports] == list(range(at_step + 1, 13))
    assert same(unbroken(tiny_t5), weights(resumed))


@pytest.mark.parametrize("at_step", [4, 12], ids=["an epoch's end", "the last step"])
@pytest.mark.parametrize("questions_later", [0, 1], ids=["at its first part", "behind it"])
def test_one_that_is_put_down_while_it_validates_does_so_when_it_goes_on(
    tiny_t5: Path, tmp_path: Path, at_step: int, questions_later: int
) -> None:
    choosing = make_choosing(ANSWERS, questions(48)[24:])

    def train(folder: str, watcher: Watcher) -> StageTrainer:
        job = make_job(
            tiny_t5, tmp_path / folder, selection="validation", checkpoint_every=1000, epochs=3
        )
        trainer = StageTrainer(replace(job, validation=Validation(None, choosing)))
        trainer.train(watcher)
        return trainer

    whole = Watcher()
    wanted = train("whole", whole)
    scheduler, later = Scheduler(at_step, questions_later), Watcher()
    with pytest.raises(Preempted):
        train("broken", scheduler)
    resumed = train("broken", later)
    assert scheduler.validations + later.validations == whole.validations
    assert same(weights(wanted), weights(resumed))
    assert resumed.state.best_step == wanted.state.best_step
