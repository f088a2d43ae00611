"""Batches of a token budget, tight in both lengths, in an order that a seed repeats."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

JITTER = 1.5  # tokens; near lengths change neighbours from epoch to epoch
STRIP_FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)  # which is best depends on the spread of both lengths

Lengths = Sequence[tuple[int, int]]
Batch = tuple[int, ...]


def plan_batches(lengths: Lengths, tokens_per_batch: int, seed: int, epoch: int = 0) -> list[Batch]:
    """Return each example's index once, in batches whose padded size is within the budget.

    `lengths` are (input, target) tokens. The target decides the cost of a decoder, so examples
    are cut into strips by target first and ordered by input inside a strip: both sides of a batch
    are then nearly equal in length. An example above the budget gets a batch of its own.
    """
    chance = random.Random(f"{seed}/{epoch}")
    noisy = [
        (inputs + chance.uniform(0, JITTER), targets + chance.uniform(0, JITTER))
        for inputs, targets in lengths
    ]
    total = sum(inputs + targets for inputs, targets in lengths)
    about = math.sqrt(total / tokens_per_batch)
    counts = sorted({max(1, round(about * factor)) for factor in STRIP_FACTORS})
    plans = [fill_batches(snake(noisy, count), lengths, tokens_per_batch) for count in counts]
    batches = max(plans, key=lambda plan: useful_share(plan, lengths))
    chance.shuffle(batches)
    return batches


def snake(noisy: Sequence[tuple[float, float]], strips: int) -> list[int]:
    """Return indices strip by strip, the input's length rising in one and falling in the next."""
    order = sorted(range(len(noisy)), key=lambda index: noisy[index][1])
    size = max(1, math.ceil(len(order) / strips))
    result: list[int] = []
    for number, start in enumerate(range(0, len(order), size)):
        strip = sorted(order[start : start + size], key=lambda index: noisy[index][0])
        result += strip[::-1] if number % 2 else strip
    return result


def useful_share(batches: Sequence[Batch], lengths: Lengths) -> float:
    """Return the share of the padded tokens that are not padding, between 0 and 1."""
    useful = sum(sum(lengths[index]) for batch in batches for index in batch)
    padded = sum(padded_size(batch, lengths) for batch in batches)
    return useful / padded if padded else 1.0


def fill_batches(order: Sequence[int], lengths: Lengths, budget: int) -> list[Batch]:
    """Return neighbours of the order in batches whose padded size is within the budget."""
    batches: list[Batch] = []
    batch: list[int] = []
    for index in order:
        if batch and padded_size((*batch, index), lengths) > budget:
            batches.append(tuple(batch))
            batch = []
        batch.append(index)
    if batch:
        batches.append(tuple(batch))
    return batches


def padded_size(batch: Sequence[int], lengths: Lengths) -> int:
    """Return a batch's tokens with its padding."""
    longest_input = max(lengths[index][0] for index in batch)
    longest_target = max(lengths[index][1] for index in batch)
    return len(batch) * (longest_input + longest_target)


def even_size(count: int, workers: int, most: int) -> int:
    """Return how many of `count` texts a batch takes, so that all workers have as many batches.

    At most `most`, and at least one.
    """
    rounds = max(1, math.ceil(count / (workers * most)))
    return max(1, math.ceil(count / (workers * rounds)))
