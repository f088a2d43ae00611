"""Texts of unlike lengths in one pass of a causal model, without a padded token.

The model is given the tokens of all texts one after the other, as if they were one; only where
tokens look at each other is each text by itself. transformers lets both be told: what keys and
values a token sees by a cache's layers, and how it looks at them by an attention with a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, DynamicLayer

if TYPE_CHECKING:
    from torch import Tensor

NAME = "scicot_ragged"
# what an attention may be told that this one does not do
EXTRAS = ("position_bias", "softcap", "s_aux", "sliding_window")


@dataclass(slots=True)
class Pass:
    """Whose tokens a pass reads, and where each stands.

    `rows`, `slots` and `places` are `[tokens]`: a token's text, which of its text's tokens in this
    pass it is, and which of all its text's tokens.
    """

    rows: Tensor
    slots: Tensor
    places: Tensor
    texts: int
    width: int  # tokens of the text with most
    longest: int  # tokens of the longest text, these included
    attended: int = 0  # layers that have looked
    _masks: dict[tuple[int, torch.dtype], Tensor] = field(default_factory=dict)

    @classmethod
    def after(cls, read: Sequence[int], counts: Sequence[int]) -> Pass:
        """Return the pass over the next `counts[row]` tokens of texts read up to `read[row]`."""
        many = torch.tensor(counts)
        rows = torch.repeat_interleave(torch.arange(len(counts)), many)
        slots = torch.arange(len(rows)) - (many.cumsum(dim=0) - many)[rows]
        longest = max(one + more for one, more in zip(read, counts, strict=True))
        places = torch.tensor(read)[rows] + slots
        return cls(rows, slots, places, len(counts), max(counts), longest)

    @property
    def is_even(self) -> bool:
        """Whether every text has as many tokens in this pass."""
        return len(self.rows) == self.texts * self.width

    def mask(self, groups: int, dtype: torch.dtype) -> Tensor:
        """Return what is added to attention, `[texts, 1, width * groups, longest]`.

        A token sees those of its text up to itself.
        """
        key = groups, dtype
        if key not in self._masks:
            last = self.places.new_zeros(self.texts, self.width)
            last[self.rows, self.slots] = self.places
            hidden = torch.arange(self.longest) > last[:, :, None]
            mask = torch.zeros(hidden.shape, dtype=dtype).masked_fill_(hidden, float("-inf"))
            self._masks[key] = mask.repeat_interleave(groups, dim=1)[:, None]
        return self._masks[key]

    def spread(self, states: Tensor, groups: int) -> Tensor:
        """Return `[1, heads * groups, tokens, size]` as `[texts, heads, width * groups, size]`.

        Heads that share keys and values stand beside each other, so that these are read once.
        """
        heads, size = states.shape[1] // groups, states.shape[3]
        flat = states[0].transpose(0, 1)
        if not self.is_even:
            padded = flat.new_zeros(self.texts, self.width, *flat.shape[1:])
            padded[self.rows, self.slots] = flat
            flat = padded
        apart = flat.reshape(self.texts, self.width, heads, groups, size)
        return apart.transpose(1, 2).reshape(self.texts, heads, self.width * groups, size)

    def gather(self, states: Tensor, groups: int) -> Tensor:
        """Return what `spread` spread as `[1, tokens, heads * groups, size]`."""
        heads, size = states.shape[1], states.shape[3]
        apart = states.reshape(self.texts, heads, self.width, groups, size).transpose(1, 2)
        whole = apart.reshape(self.texts, self.width, heads * groups, size)
        if self.is_even:
            return whole.reshape(1, -1, heads * groups, size)
        return whole[self.rows, self.slots][None]


class RaggedLayer(DynamicLayer):  # type: ignore[misc]
    """A layer's keys and values in tensors of the final length; what is given out are views."""

    def __init__(self, rows: int, room: int) -> None:
        super().__init__()
        self.room = room  # tokens of a text at most
        self.rows = rows
        self.cleared = 0  # columns that are filled or empty; the others hold what lay there
        self.now: Pass | None = None

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Take the tensors; the system gives them memory only as they are filled."""
        self.dtype, self.device = key_states.dtype, key_states.device
        heads = key_states.shape[1]
        self.keys = key_states.new_empty(self.rows, heads, self.room, key_states.shape[-1])
        self.values = value_states.new_empty(self.rows, heads, self.room, value_states.shape[-1])
        self.is_initialized = True

    def clear_to(self, columns: int) -> None:
        """Empty columns that no text has reached: unseen ones are still multiplied by nothing."""
        if columns > self.cleared:
            for tensor in (self.keys, self.values):
                tensor[:, :, self.cleared : columns] = 0
            self.cleared = columns

    def update(
        self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any
    ) -> tuple[Tensor, Tensor]:
        """Put down the keys and values of a pass's tokens, and return those of all texts so far."""
        assert self.now is not None
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        now = self.now
        self.clear_to(now.longest)
        keys = self.keys[: now.texts, :, : now.longest]
        values = self.values[: now.texts, :, : now.longest]
        keys[now.rows, :, now.places] = key_states[0].transpose(0, 1)
        values[now.rows, :, now.places] = value_states[0].transpose(0, 1)
        return keys, values

    def get_seq_length(self) -> int:
        """Return how many tokens the longest text has."""
        return self.cleared

    def swap(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Let the texts of each pair change places."""
        for tensor in (self.keys, self.values):
            for place, other in pairs:
                ended = tensor[place, :, : self.cleared].clone()
                tensor[place, :, : self.cleared] = tensor[other, :, : self.cleared]
                tensor[other, :, : self.cleared] = ended


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    _: Tensor | None,
    *,
    scaling: float | None = None,
    ragged: Pass | None = None,
    **told: Any,
) -> tuple[Tensor, None]:
    """Let each token look at its own text; as transformers calls an attention.

    Raises RuntimeError where the model does not say whose tokens it reads, or wants more.
    """
    if ragged is None or any(told.get(name) is not None for name in EXTRAS):
        raise RuntimeError("This student's attention wants more than texts beside each other give.")
    groups = query.shape[1] // key.shape[1]
    ragged.attended += 1
    seen = scaled_dot_product_attention(
        ragged.spread(query, groups),
        key,
        value,
        attn_mask=ragged.mask(groups, query.dtype),
        scale=scaling,
    )
    return ragged.gather(seen, groups), None


AttentionInterface.register(NAME, attend)


@contextmanager
def ragged_attention(model: Any) -> Iterator[None]:
    """Let a model look so for a while."""
    before = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def read_pass(model: Any, ids: Sequence[int], now: Pass, layers: Sequence[RaggedLayer]) -> Any:
    """Return what a model, or its part below the head, says of a pass's tokens `[1, tokens, ...]`.

    Raises RuntimeError where one of its layers did not look as it was told.
    """
    from transformers import Cache

    for layer in layers:
        layer.now = now
    said = model(
        input_ids=torch.tensor([ids]),
        position_ids=now.places[None],
        past_key_values=Cache(layers=list(layers)),
        use_cache=True,
        ragged=now,
    )
    if now.attended != len(layers):
        raise RuntimeError("This student's layers do not look at texts beside each other.")
    return said
