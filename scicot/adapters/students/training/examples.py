"""A task's examples as token ids, and the loss on them without training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.loading import device_of
from scicot.adapters.students.loss import Pair, SoftPlace, batch_loss, collate
from scicot.pure.methods.tasks import Task
from scicot.pure.students.batching import plan_batches
from scicot.words.configs import TrainingConfig
from scicot.words.records import SoftTarget


def encode_task(codec: Codec, task: Task, config: TrainingConfig) -> list[Pair]:
    """Return a task's examples as token ids, cut to the config's limits."""
    return [
        Pair(
            codec.encode_input(example.input, config.max_input_tokens),
            *codec.encode_marked_target(example.target, example.deciding, config.max_target_tokens),
            share=example.weight,
            soft=encode_soft(codec, example.soft, config.max_target_tokens),
        )
        for example in task.examples
    ]


def encode_soft(codec: Codec, soft: SoftTarget | None, limit: int | None) -> SoftPlace | None:
    """Return where the options' answers first differ; None where a cut leaves them alike."""
    if soft is None:
        return None
    targets = [codec.encode_target(text, limit) for text, _ in soft.options]
    for place, tokens in enumerate(zip(*targets, strict=False)):
        if len(set(tokens)) > 1:
            shares = tuple(share for _, share in soft.options)
            return SoftPlace(place, tokens, shares, soft.weight)
    return None


def sum_loss(model: Any, codec: Codec, task: Task, config: TrainingConfig) -> tuple[float, int]:
    """Return the loss summed over a task's target tokens, and their number.

    In fp32 and without dropout.
    """
    import torch

    pairs, family = encode_task(codec, task, config), codec.special.family
    lengths = [(len(pair.input_ids), len(pair.target_ids)) for pair in pairs]
    total, count = 0.0, 0
    with evaluating(model), torch.no_grad():
        for batch in plan_batches(lengths, config.tokens_per_batch, seed=0):
            chosen = [pairs[index] for index in batch]
            collated = collate(chosen, family, codec.special.pad, device_of(model))
            targets = sum(len(pair.target_ids) for pair in chosen)
            total += batch_loss(model, collated, family).item() * targets
            count += targets
    return total, count


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Let the model work without dropout for a while."""
    was = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was)
