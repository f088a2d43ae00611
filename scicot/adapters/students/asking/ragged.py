"""Texts of unlike lengths in one pass of a decoder, without a padded token.

The model is given the tokens of all texts one after the other, as if they were one; only where
tokens look at each other, or at their input, is each text by itself. transformers lets both be
told: what keys and values a token sees by a cache's layers, and how it looks at them by an
attention with a name. A model is told where each token stands, or looks by distance like T5; one
that counts the tokens itself would count those of the other texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, Cache, DynamicLayer, EncoderDecoderCache

if TYPE_CHECKING:
    from torch import Tensor

NAME = "scicot_ragged"
# what an attention may be told that this one does not do
EXTRAS = ("softcap", "s_aux", "sliding_window")


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
    inputs: Tensor | None = None  # what is added when a token looks at its input [texts, 1, 1, n]
    own: Tensor | None = None  # keys of the texts' own tokens, as the layer at work gave them out
    attended: int = 0  # layers that have looked at these
    _masks: dict[Any, tuple[Tensor, Tensor | None]] = field(default_factory=dict)

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

    def mask(self, groups: int, dtype: torch.dtype, bias: Tensor | None = None) -> Tensor:
        """Return what is added to attention, `[texts, heads or 1, width * groups, longest]`.

        A token sees those of its text up to itself. `bias` is `[1, heads, tokens, longest]`, a
        model's of distances as if the first of the tokens were the last of the longest text's.
        """
        key = groups, dtype, None if bias is None else bias.data_ptr()
        if key not in self._masks:
            last = self.places.new_zeros(self.texts, self.width)
            last[self.rows, self.slots] = self.places
            distance = last[:, :, None] - torch.arange(self.longest)
            mask = torch.zeros(distance.shape, dtype=dtype)
            mask = mask.masked_fill_(distance < 0, float("-inf"))[:, None]
            if bias is not None:
                by_distance = bias[0, :, 0].flip(-1)  # [heads, longest]
                mask = mask + by_distance[:, distance.clamp_(min=0)].transpose(0, 1)
            # kept with its bias: another one could come to lie where this one did
            self._masks[key] = mask.repeat_interleave(groups, dim=2), bias
        return self._masks[key][0]

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

    keys: Tensor
    values: Tensor

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
        now.own = keys
        return keys, values

    def get_seq_length(self) -> int:
        """Return after how many tokens the first of a pass is to be taken to stand.

        After all others of the longest text: `Pass.mask` needs what a model makes of its distances.
        """
        return 0 if self.now is None else self.now.longest - 1

    def begin(self, now: Pass) -> None:
        """Be told of the pass to come."""
        self.now = now

    def swap(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Let the texts of each pair change places."""
        for tensor in (self.keys, self.values):
            for place, other in pairs:
                ended = tensor[place, :, : self.cleared].clone()
                tensor[place, :, : self.cleared] = tensor[other, :, : self.cleared]
                tensor[other, :, : self.cleared] = ended


class InputLayer(DynamicLayer):  # type: ignore[misc]
    """A layer's keys and values of the inputs that an encoder read, one row a text."""

    def begin(self, now: Pass) -> None:
        """Give out those of the texts that go on."""
        if self.is_initialized:
            self.keys, self.values = self.keys[: now.texts], self.values[: now.texts]

    keys: Tensor
    values: Tensor

    def swap(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Let the later text of each pair take the place of the earlier, which has ended."""
        for tensor in (self.keys, self.values):
            for place, other in pairs:
                tensor[place] = tensor[other]


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    _: Tensor | None,
    *,
    scaling: float | None = None,
    position_bias: Tensor | None = None,
    ragged: Pass | None = None,
    **told: Any,
) -> tuple[Tensor, None]:
    """Let each token look at its own text, or at its input; as transformers calls an attention.

    Raises RuntimeError where the model does not say whose tokens it reads, counts them itself, or
    wants more.
    """
    groups, mask = query.shape[1] // key.shape[1], None
    if ragged is not None and not any(told.get(name) is not None for name in EXTRAS):
        if key is not ragged.own:
            mask = ragged.inputs
        elif ragged.inputs is None or position_bias is not None:
            ragged.attended += 1
            mask = ragged.mask(groups, query.dtype, position_bias)
    if ragged is None or mask is None:
        raise RuntimeError("This student's attention wants more than texts beside each other give.")
    mask = mask.expand(-1, -1, ragged.width * groups, -1)
    spread = ragged.spread(query, groups)
    seen = scaled_dot_product_attention(spread, key, value, attn_mask=mask, scale=scaling)
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


class RaggedTexts:
    """Texts that a causal model, or a decoder after its encoder's inputs, reads beside each other.

    `mask` is that of the inputs which an encoder read as `read`, `[texts, length]`.
    """

    def __init__(
        self, layers: Sequence[RaggedLayer], read: Any = None, mask: Tensor | None = None
    ) -> None:
        self.layers = layers
        self.read_inputs = read
        self._inputs: list[InputLayer] = []
        self._hidden: Tensor | None = None
        self._cache: Any = Cache(layers=list(layers))
        if mask is not None:
            self._inputs = [InputLayer() for _ in layers]
            self._cache = EncoderDecoderCache(self._cache, Cache(layers=list(self._inputs)))
            hidden = torch.zeros(mask.shape).masked_fill_(mask == 0, float("-inf"))
            self._hidden = hidden[:, None, None]

    @property
    def _every_layer(self) -> list[RaggedLayer | InputLayer]:
        return [*self.layers, *self._inputs]

    def swap(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Let a text that goes on, of each pair the later, change places with one that ended."""
        for layer in self._every_layer:
            layer.swap(pairs)
        if self._hidden is not None:
            for place, other in pairs:
                self._hidden[place] = self._hidden[other]

    def read(self, model: Any, ids: Sequence[int], now: Pass) -> Any:
        """Return what a model, or its part below the head, says of a pass's tokens `[1, tokens]`.

        Raises RuntimeError where one of its layers did not look as it was told.
        """
        for layer in self._every_layer:
            layer.begin(now)
        tokens = torch.tensor([ids])
        if self._hidden is None:
            told = {"input_ids": tokens, "position_ids": now.places[None]}
        else:
            now.inputs = self._hidden[: now.texts]
            told = {"decoder_input_ids": tokens, "encoder_outputs": self.read_inputs}
        said = model(past_key_values=self._cache, use_cache=True, ragged=now, **told)
        if now.attended != len(self.layers):
            raise RuntimeError("This student's layers do not look at texts beside each other.")
        return said
