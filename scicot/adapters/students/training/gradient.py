"""A step's gradient, summed over its batches: that of one batch of all its questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scicot.adapters.students.training.batch_work import BatchWork, Hand
from scicot.adapters.students.training.crew import ALONE, Crew
from scicot.pure.students.batching import Lengths
from scicot.pure.students.steps import Step, share_step

if TYPE_CHECKING:
    from scicot.adapters.students.training.hands import Hands


@dataclass(frozen=True, slots=True)
class StepLosses:
    """A step's losses in nats, and its tokens that are not padding."""

    loss: float
    deciding: float | None
    rest: float | None
    tokens: int


@dataclass(frozen=True, slots=True)
class GradientSum:
    """Adds up gradients, by one process or with helpers, alone or as one of a crew."""

    hand: Hand
    work: BatchWork
    crew: Crew = ALONE
    lengths: Lengths = ()  # each question's, which decide who of several hands has what
    hands: Hands | None = None  # helpers that share the batches

    def add(
        self, step: Step, check: Callable[[], None], *, number: int = 0, share: Step | None = None
    ) -> StepLosses:
        """Add a step's gradient to the model's and return its losses; `check` may stop it.

        With a crew this process works on its share of the step alone, and has the whole gradient
        in the end. `number` is the step's: with the seed it decides what dropout leaves out.
        """
        weighs = self.work.weigh(step)
        batches = step if share is None else share

        def work(mine: Step) -> list[float]:
            return self.work.add(self.hand, mine, weighs, number, check)

        if self.hands is None:
            sums = work(batches)
        else:
            shares = share_step(batches, self.lengths, self.hands.count)
            parts = self.hands.add(work, shares, weighs, number, check)
            sums = [sum(values) for values in zip(*parts, strict=True)]
        trained = [value for value in self.hand.model.parameters() if value.requires_grad]
        return _read(self.crew.add_up(trained, sums))


def _read(sums: Sequence[float]) -> StepLosses:
    """Return a step's losses from what its batches add up to."""
    total, deciding, rest, of_deciding, of_rest, tokens = sums
    return StepLosses(
        loss=total,
        deciding=deciding / of_deciding if of_deciding else None,
        rest=rest / of_rest if of_deciding and of_rest else None,
        tokens=round(tokens),
    )
