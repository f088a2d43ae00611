"""Optimizer steps of equally many questions, each in small batches of near lengths.

A step's questions come from anywhere in the data, so that its gradient speaks for all lengths; the
batches it is worked through in are tight, so that little of the work is padding.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scicot.pure.students.batching import (
    STRIP_FACTORS,
    Batch,
    Lengths,
    fill_batches,
    padded_size,
    snake,
    useful_share,
)

BATCHES_A_STEP = 4  # at least: the questions of a batch are alike in length, those of a step not
SLACK = 1.25  # a batch of average texts leaves room for longer ones
JITTER = 0.07  # of a length; decides how seldom two questions share a step again

Step = tuple[Batch, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long a stage trains: `steps` optimizer steps, or `epochs` passes where that is None."""

    questions: int
    questions_per_step: int
    epochs: float
    steps: int | None = None

    @property
    def steps_an_epoch(self) -> int:
        """The steps in which each question is seen once."""
        return max(1, math.ceil(self.questions / self.questions_per_step))

    @property
    def total_steps(self) -> int:
        """The optimizer steps of the whole training."""
        return self.steps or max(1, round(self.epochs * self.steps_an_epoch))

    @property
    def passes(self) -> float:
        """How often a question is seen on average."""
        return self.total_steps / self.steps_an_epoch

    def share_of_rate(self, step: int, warmup_fraction: float) -> float:
        """Return the share of the learning rate at a step: up over the warm-up, then to zero."""
        total = self.total_steps
        warmup = round(total * warmup_fraction)
        if step <= warmup:
            return step / warmup
        return max(0.0, (total - step + 1) / (total - warmup))


def plan_steps(
    lengths: Lengths, questions_per_step: int, tokens_per_batch: int, seed: int, epoch: int = 0
) -> list[Step]:
    """Return an epoch's steps: each question once, shuffled anew by seed and epoch.

    `lengths` are (input, target) tokens. Steps differ by at most one question, so that none weighs
    its questions more than another. A batch's padded size is within `tokens_per_batch`, but for a
    single question above it.
    """
    chance = random.Random(f"{seed}/{epoch}")
    count = Schedule(len(lengths), questions_per_step, 1).steps_an_epoch
    mean = sum(inputs + targets for inputs, targets in lengths) / len(lengths)
    batches = max(BATCHES_A_STEP, math.ceil(SLACK * questions_per_step * mean / tokens_per_batch))
    slots = [
        (step, size)
        for step, questions in enumerate(_parts(len(lengths), count))
        for size in _parts(questions, min(batches, questions))
    ]
    chance.shuffle(slots)
    noisy = [
        (
            inputs * chance.uniform(1 - JITTER, 1 + JITTER),
            targets * chance.uniform(1 - JITTER, 1 + JITTER),
        )
        for inputs, targets in lengths
    ]
    strips = {max(1, round(math.sqrt(len(slots)) * factor)) for factor in STRIP_FACTORS}
    plans = [
        _deal(snake(noisy, number), slots, lengths, tokens_per_batch, count)
        for number in sorted(strips)
    ]
    return max(
        plans, key=lambda plan: useful_share([batch for step in plan for batch in step], lengths)
    )


def join_batches(step: Step, lengths: Lengths, tokens_per_batch: int) -> Step:
    """Return a step in as few batches as the budget allows: what a GPU is quicker with."""
    chosen = sorted((index for batch in step for index in batch), key=lambda i: sum(lengths[i]))
    return tuple(fill_batches(chosen, lengths, tokens_per_batch))


def share_step(step: Step, lengths: Lengths, processes: int) -> list[Step]:
    """Return each process's share of a step's batches, near each other in padded tokens.

    Where there are fewer batches than processes, the longest are cut in two. Whose a batch is
    changes no gradient: all are divided by what the whole step's targets weigh.
    """
    batches = list(step)
    while len(batches) < processes:
        longest = max(range(len(batches)), key=lambda place: len(batches[place]))
        half = len(batches[longest]) // 2
        if not half:  # a question each
            break
        batches[longest : longest + 1] = [batches[longest][:half], batches[longest][half:]]
    shares: list[list[Batch]] = [[] for _ in range(processes)]
    taken = [0] * processes
    for batch in sorted(batches, key=lambda batch: -padded_size(batch, lengths)):
        least = taken.index(min(taken))
        shares[least].append(batch)
        taken[least] += padded_size(batch, lengths)
    return [tuple(share) for share in shares]


def batch_seed(seed: int, step: int, batch: Batch) -> int:
    """Return what a batch's dropout is drawn from, whoever works on it and whatever came before."""
    chance = random.Random(f"{seed}/{step}/{batch[0]}")
    return chance.getrandbits(63)


def _deal(
    order: Sequence[int],
    slots: Sequence[tuple[int, int]],
    lengths: Lengths,
    budget: int,
    count: int,
) -> list[Step]:
    """Return steps whose slots took neighbours of the order in turn."""
    places: Iterator[int] = iter(order)
    steps: list[list[Batch]] = [[] for _ in range(count)]
    for step, size in slots:
        chosen = tuple(next(places) for _ in range(size))
        if padded_size(chosen, lengths) <= budget:
            steps[step].append(chosen)
        else:
            by_length = sorted(chosen, key=lambda index: sum(lengths[index]))
            steps[step] += fill_batches(by_length, lengths, budget)
    return [tuple(step) for step in steps]


def _parts(total: int, count: int) -> list[int]:
    """Return `count` whole numbers that differ by at most one and add up to `total`."""
    least, more = divmod(total, count)
    return [least + (place < more) for place in range(count)]
