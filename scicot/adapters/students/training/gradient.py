"""A step's gradient, summed over its batches: that of one batch of all its questions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scicot.adapters.students.loading import device_of
from scicot.adapters.students.loss import Pair, collate, padded_tokens, token_losses
from scicot.adapters.students.training.crew import ALONE, Crew
from scicot.pure.students.batching import Lengths
from scicot.pure.students.steps import Step, batch_seed, share_step
from scicot.words.records import Family

if TYPE_CHECKING:
    import torch

    from scicot.adapters.students.training.draws import OwnDraws
    from scicot.adapters.students.training.hands import Hand, Hands
    from scicot.adapters.students.training.room import Room


@dataclass(frozen=True, slots=True)
class StepLosses:
    """A step's losses in nats, and its tokens that are not padding."""

    loss: float
    deciding: float | None
    rest: float | None
    tokens: int


@dataclass(frozen=True, slots=True)
class GradientSum:
    """Adds up gradients. A question's tasks (`pairs`, one list each) are worked through together.

    The loss of a task is the sum over its target tokens, the deciding ones with their weight,
    divided by what the step's tokens of that task weigh together.
    """

    model: Any
    family: Family
    pad: int
    pairs: Sequence[Sequence[Pair]]
    task_weights: Sequence[float]
    deciding_weight: float
    precision: Callable[[], contextlib.AbstractContextManager[Any]]
    seed: int = 0
    crew: Crew = ALONE
    lengths: Lengths = ()  # each question's, which decide who of several hands has what
    hands: Hands | None = None  # that share the batches; the first has `model`
    room: Room | None = None  # for what a batch keeps; None: all that it needs
    draws: OwnDraws | None = None  # of one hand: what its dropout comes from; None: torch's own

    def add(
        self, step: Step, check: Callable[[], None], *, number: int = 0, share: Step | None = None
    ) -> StepLosses:
        """Add a step's gradient to the model's and return its losses; `check` may stop it.

        With a crew this process works on its share of the step alone, and has the whole gradient
        in the end. `number` is the step's: with the seed it decides what dropout leaves out.
        """
        from scicot.adapters.students.training.hands import Hand

        chosen = [index for batch in step for index in batch]
        weighs = [
            sum(pairs[index].weight(self.deciding_weight) for index in chosen)
            for pairs in self.pairs
        ]

        def work(hand: Hand, batches: Step, go_on: Callable[[], None]) -> list[float]:
            return self._add_batches(hand, batches, weighs, number, go_on)

        batches = step if share is None else share
        if self.hands is None:
            hand = Hand(self.model, self.draws)
            with hand.draws():
                sums = work(hand, batches, check)
        else:
            shares = share_step(batches, self.lengths, len(self.hands.models))
            parts = self.hands.work(work, shares, check)
            self.hands.gather()
            sums = [sum(values) for values in zip(*parts, strict=True)]
        trained = [value for value in self.model.parameters() if value.requires_grad]
        return _read(self.crew.add_up(trained, sums))

    def _add_batches(
        self,
        hand: Hand,
        batches: Step,
        weighs: Sequence[float],
        number: int,
        check: Callable[[], None],
    ) -> list[float]:
        """Add the gradient of some of a step's batches to that of a hand's model.

        Returns the sums of the losses (whole, of deciding tokens, of the others) and the numbers
        of deciding, other and all tokens. `weighs` is what the step's tokens weigh, by task.
        """
        import torch

        from scicot.adapters.students.training.room import recompute_layers

        model = hand.model
        device = device_of(model)
        sums = torch.zeros(3, dtype=torch.float64, device=device)
        counts = [0, 0, 0]
        for batch in batches:
            check()
            hand.seed(batch_seed(self.seed, number, batch))
            for pairs, task_weight, weight in zip(
                self.pairs, self.task_weights, weighs, strict=True
            ):
                collated = collate([pairs[index] for index in batch], self.family, self.pad, device)
                if self.room is not None:
                    recompute_layers(
                        model, not self.room.fits(padded_tokens(collated, self.family))
                    )
                with self.precision():
                    losses = token_losses(model, collated, self.family)
                weights = losses.new_ones(len(losses))
                if collated.deciding is not None:
                    weights[collated.deciding] = self.deciding_weight
                weights = _shared(weights, [pairs[index] for index in batch])
                loss = (losses * weights).sum() * (task_weight / weight)
                loss.backward()  # type: ignore[no-untyped-call]
                values = losses.detach()
                parts = [loss.detach()]
                if collated.deciding is not None:
                    parts += [values[collated.deciding].sum(), values[~collated.deciding].sum()]
                    counts[0] += int(collated.deciding.sum())
                    counts[1] += int((~collated.deciding).sum())
                sums[: len(parts)] += torch.stack(parts).double()
                counts[2] += collated.tokens
        return [*sums.tolist(), *counts]


def _read(sums: Sequence[float]) -> StepLosses:
    """Return a step's losses from what its batches add up to."""
    total, deciding, rest, of_deciding, of_rest, tokens = sums
    return StepLosses(
        loss=total,
        deciding=deciding / of_deciding if of_deciding else None,
        rest=rest / of_rest if of_deciding and of_rest else None,
        tokens=round(tokens),
    )


def _shared(weights: torch.Tensor, pairs: Sequence[Pair]) -> torch.Tensor:
    """Return the weights of a batch's target tokens, each times its example's share."""
    if all(pair.share == 1 for pair in pairs):
        return weights
    shares = [pair.share for pair in pairs for _ in pair.target_ids]
    return weights * weights.new_tensor(shares)
