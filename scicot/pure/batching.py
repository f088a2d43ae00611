"""Batches of a token budget, tight in both lengths, in an order that a seed repeats."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

JITTER = 1.5  # tokens; near lengths change neighbours from epoch to epoch

Lengths = Sequence[tuple[int, int]]
Batch = tuple[int, ...]


def plan_batches(lengths: Lengths, tokens_per_batch: int, seed: int, epoch: int = 0) -> list[Batch]:
    """Return each example's index once, in batches whose padded size is within the budget.

    `lengths` are (input, target) tokens. The target decides the cost of a decoder, so examples
    are cut into strips by target first and ordered by input inside a strip: both sides of a batch
    are then nearly equal in length. An example above the budget gets a batch of its own.
    """
    chance = random.Random(f"{seed}/{epoch}")
    order = list(range(len(lengths)))
    noisy = [
        (inputs + chance.uniform(0, JITTER), targets + chance.uniform(0, JITTER))
        for inputs, targets in lengths
    ]
    order.sort(key=lambda index: noisy[index][1])
    total = sum(inputs + targets for inputs, targets in lengths)
    strips = max(1, round(math.sqrt(total / tokens_per_batch)))
    size = max(1, math.ceil(len(order) / strips))
    batches: list[Batch] = []
    for start in range(0, len(order), size):
        strip = sorted(order[start : start + size], key=lambda index: noisy[index][0])
        batches.extend(_fill(strip, lengths, tokens_per_batch))
    chance.shuffle(batches)
    return batches


def plan_epochs(
    lengths: Lengths, tokens_per_batch: int, seed: int, epochs: float
) -> list[list[Batch]]:
    """Return the batches of each epoch; of a last part of an epoch, that part of its batches."""
    plans = [
        plan_batches(lengths, tokens_per_batch, seed, epoch) for epoch in range(math.ceil(epochs))
    ]
    part = epochs - math.floor(epochs)
    if part > 0:
        plans[-1] = plans[-1][: max(1, math.ceil(len(plans[-1]) * part))]
    return plans


def useful_share(batches: Sequence[Batch], lengths: Lengths) -> float:
    """Return the share of the padded tokens that are not padding, between 0 and 1."""
    useful = sum(sum(lengths[index]) for batch in batches for index in batch)
    padded = sum(_padded_size(batch, lengths) for batch in batches)
    return useful / padded if padded else 1.0


def _fill(strip: Sequence[int], lengths: Lengths, budget: int) -> list[Batch]:
    batches: list[Batch] = []
    batch: list[int] = []
    for index in strip:
        if batch and _padded_size((*batch, index), lengths) > budget:
            batches.append(tuple(batch))
            batch = []
        batch.append(index)
    if batch:
        batches.append(tuple(batch))
    return batches


def _padded_size(batch: Sequence[int], lengths: Lengths) -> int:
    longest_input = max(lengths[index][0] for index in batch)
    longest_target = max(lengths[index][1] for index in batch)
    return len(batch) * (longest_input + longest_target)
