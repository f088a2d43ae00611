"""How much memory a training may hold: which batches are computed twice, and by how many hands.

A batch keeps what its backward pass needs: for the starter student 1.5 MB a token, so that the
longest texts decide what a run holds. Where that is more than there is room for, each layer keeps
its input alone and is computed again when the backward pass comes to it (gradient checkpointing,
Chen et al. 2016): a third more arithmetic, and the same gradient to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from scicot.adapters.students.loading import device_of
from scicot.adapters.students.loss import Pair, collate, padded_tokens, target_logits
from scicot.adapters.students.memory import give_back_freed_blocks
from scicot.adapters.students.training.draws import OwnDraws, keep_draws
from scicot.adapters.students.training.head_loss import TargetLoss
from scicot.adapters.students.training.job import StageJob
from scicot.adapters.students.training.worth import LEAST_ROOM, bytes_a_hand, count_processes
from scicot.pure.students.batching import Lengths
from scicot.pure.students.steps import Schedule
from scicot.words.records import Family

PER_COPY = 4


@dataclass(frozen=True, slots=True)
class Probed:
    """What a forward pass in training showed: bytes it keeps a token.

    `draws_apart`: all that it draws, if anything, can come from a thread's own generator.
    """

    bytes_per_token: float
    draws_apart: bool


def probe(model: Any, forward: Callable[[], int]) -> Probed:
    """Return what `forward` keeps for its backward pass; it returns its tokens."""
    weights = {value.untyped_storage().data_ptr() for value in model.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor.detach()  # what says where it comes from would keep itself alive

    before = torch.get_rng_state()
    with OwnDraws(), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        tokens = forward()
    apart = torch.equal(before, torch.get_rng_state())
    torch.set_rng_state(before)
    return Probed(sum(kept.values()) / max(1, tokens), apart)


class Room:
    """What of `limit` bytes is left for the batches of each hand; a limit of None has no end.

    There are as many hands as asked for, or fewer where a batch would have too little.
    """

    def __init__(
        self, model: Any, probed: Probed, limit: int | None, hands: int, least_hands: int = 1
    ) -> None:
        self.probed = probed
        self.limit = limit
        self.is_tight = (
            False  # whether some batch may not keep all: what is freed goes back at once
        )
        self._weights: int = sum(
            value.numel() for value in model.parameters() if value.requires_grad
        )
        self.hands = next(
            (n for n in range(hands, least_hands, -1) if self._left(n) >= LEAST_ROOM), least_hands
        )

    def fits(self, tokens: int) -> bool:
        """Return whether a batch of so many padded tokens may keep all its backward pass needs."""
        return tokens * self.probed.bytes_per_token <= self._left(self.hands)

    @property
    def holds_weights_again(self) -> bool:
        """Whether each hand could have the weights once more, as between two steps to write."""
        return self._left(self.hands) >= self._weights * PER_COPY

    def _left(self, hands: int) -> float:
        """Return the bytes that each of so many hands has for a batch."""
        return bytes_a_hand(self.limit, self._weights, hands)


def make_room(
    model: Any, job: StageJob, pad: int, first: Pair, *, hands: int, least_hands: int
) -> Room | None:
    """Return what a stage's batches may hold, as far as a pass over `first` tells; None on a GPU.

    `hands` are how many there may be, `least_hands` how many there must.
    """
    if device_of(model).type != "cpu":
        return None
    collated = collate([first], job.family, pad)
    model.train()
    loss = TargetLoss(model, job.family)

    def forward() -> int:
        if loss.before_head(collated) is None:
            target_logits(model, collated, job.family)
        return padded_tokens(collated, job.family)

    room = Room(model, probe(model, forward), job.memory, hands, least_hands)
    room.is_tight = not room.fits(job.config.tokens_per_batch)
    if room.is_tight:
        give_back_freed_blocks()
    return room


def count_hands(
    model: Any, family: Family, lengths: Lengths, schedule: Schedule, threads: int
) -> int:
    """Return how many processes may share a stage's batches."""
    weights = sum(value.numel() for value in model.parameters())
    seen = schedule.total_steps * schedule.questions_per_step / len(lengths)
    tokens = seen * sum(inputs + targets for inputs, targets in lengths)
    return count_processes(family, weights, tokens, threads)


def recompute_layers(model: Any, is_on: bool) -> None:
    """Let a model's layers keep their inputs alone, or all that they compute.

    A model whose class does not know how is left as it is.
    """
    if not getattr(model, "supports_gradient_checkpointing", False):
        return
    layers = [part for part in model.modules() if hasattr(part, "gradient_checkpointing")]
    if is_on and not any(hasattr(part, "_gradient_checkpointing_func") for part in layers):
        model.activation_checkpointing_enable(
            activation_checkpointing_kwargs={"use_reentrant": False, "context_fn": keep_draws}
        )
    for part in layers:
        part.gradient_checkpointing = is_on
