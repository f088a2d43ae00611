"""The gradient of some of a step's batches, whichever process works on them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from scicot.adapters.students.loading import device_of, whole_products
from scicot.adapters.students.loss import Pair, TokenBatch, collate, padded_tokens
from scicot.adapters.students.memory import give_back_memory
from scicot.adapters.students.training.head_loss import TargetLoss
from scicot.adapters.students.training.room import Room, recompute_layers
from scicot.pure.students.steps import Step, batch_seed
from scicot.words.records import Family

if TYPE_CHECKING:
    from scicot.adapters.students.training.draws import OwnDraws


class Hand:
    """What works on batches: a model, and what its dropout is drawn from (None: torch's own)."""

    def __init__(self, model: Any, family: Family, draws: OwnDraws | None = None) -> None:
        self.model = model
        self.loss = TargetLoss(model, family)
        self._draws = draws

    def seed(self, number: int) -> None:
        """Let what is drawn next be decided by a number."""
        if self._draws is None:
            torch.manual_seed(number)
        else:
            self._draws.generator.manual_seed(number)

    def draws(self) -> contextlib.AbstractContextManager[Any]:
        """Return the surroundings in which this hand draws."""
        return contextlib.nullcontext() if self._draws is None else self._draws


@dataclass(frozen=True, slots=True)
class BatchWork:
    """What is done with a batch. A question's tasks (`pairs`, one list each) go together.

    The loss of a task is the sum over its target tokens, the deciding ones with their weight,
    divided by what the step's tokens of that task weigh together.
    """

    family: Family
    pad: int
    pairs: Sequence[Sequence[Pair]]
    task_weights: Sequence[float]
    deciding_weight: float
    precision: str  # fp32 or bf16
    seed: int = 0
    room: Room | None = None  # for what a batch keeps; None: all that it needs

    def weigh(self, step: Step) -> list[float]:
        """Return what the target tokens of a step weigh together, by task."""
        chosen = [index for batch in step for index in batch]
        return [
            sum(pairs[index].weight(self.deciding_weight) for index in chosen)
            for pairs in self.pairs
        ]

    def add(
        self,
        hand: Hand,
        batches: Step,
        weighs: Sequence[float],
        number: int,
        check: Callable[[], None] = lambda: None,
    ) -> list[float]:
        """Add the gradient of some of a step's batches to that of the hand's model.

        Returns the sums of the losses (whole, of deciding tokens, of the others) and the numbers
        of deciding, other and all tokens. `weighs` is what the step's tokens weigh, by task;
        `number`, the step's, decides with the seed what dropout leaves out.
        """
        model, room = hand.model, self.room
        device = device_of(model)
        in_bf16 = self.precision == "bf16"
        sums = torch.zeros(3, dtype=torch.float64, device=device)
        counts = [0, 0, 0]
        # the weights' copies in bf16 serve all batches, where there is room to keep them
        keeps = room is None or not room.is_tight
        low = torch.autocast(device.type, torch.bfloat16, enabled=in_bf16, cache_enabled=keeps)
        with hand.draws(), whole_products(in_bf16 and device.type == "cpu"), low:
            for batch in batches:
                check()
                hand.seed(batch_seed(self.seed, number, batch))
                for pairs, task_weight, weight in zip(
                    self.pairs, self.task_weights, weighs, strict=True
                ):
                    chosen = [pairs[index] for index in batch]
                    collated = collate(chosen, self.family, self.pad, device)
                    if room is not None:
                        fits = room.fits(padded_tokens(collated, self.family))
                        recompute_layers(model, not fits)
                    shares = self._weights(collated, chosen) * (task_weight / weight)
                    loss, values = hand.loss.add_gradient(collated, shares)
                    parts = [loss]
                    if collated.deciding is not None:
                        parts += [values[collated.deciding].sum(), values[~collated.deciding].sum()]
                        counts[0] += int(collated.deciding.sum())
                        counts[1] += int((~collated.deciding).sum())
                    sums[: len(parts)] += torch.stack(parts).double()
                    counts[2] += collated.tokens
        if room is not None and room.is_tight:
            give_back_memory()
        return [*sums.tolist(), *counts]

    def _weights(self, batch: TokenBatch, pairs: Sequence[Pair]) -> torch.Tensor:
        """Return what each of a batch's `[target tokens]` weighs beside the step's others."""
        weights = torch.tensor(
            [pair.share for pair in pairs for _ in pair.target_ids],
            dtype=torch.float32,
            device=batch.labels.device,
        )
        if batch.deciding is not None:
            weights[batch.deciding] *= self.deciding_weight
        return weights
