"""Greedy texts on a processor, token by token: only what is written so far is looked at.

transformers copies all keys and values at every token, or works on tensors of the final length,
half of which is empty. Here they lie in such tensors, and a token's attention is given views of
what is filled. A text that has ended leaves at once: a token of fewer texts is sooner there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from transformers import Cache, DynamicLayer

from scicot.adapters.students.asking.replay import LOOK_EVERY
from scicot.adapters.students.codec import SpecialIds

if TYPE_CHECKING:
    from torch import Tensor

READ_AT_ONCE = 2048  # padded tokens of the inputs, as many as are read in a few seconds


class FilledLayer(DynamicLayer):  # type: ignore[misc]
    """A layer's keys and values in tensors of the final length; what is given out are views."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room  # tokens
        self.filled = 0

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Take the tensors; the system gives them memory only as they are filled."""
        self.dtype, self.device = key_states.dtype, key_states.device
        rows, heads, _, size = key_states.shape
        self.keys = key_states.new_empty(rows, heads, self.room, size)
        self.values = value_states.new_empty(rows, heads, self.room, value_states.shape[-1])
        self.is_initialized = True

    def update(
        self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any
    ) -> tuple[Tensor, Tensor]:
        """Put down the next tokens' keys and values, and return all so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        first, self.filled = self.filled, self.filled + key_states.shape[2]
        keys, values = self.keys[:, :, : self.filled], self.values[:, :, : self.filled]
        keys[:, :, first:] = key_states
        values[:, :, first:] = value_states
        return keys, values

    def get_seq_length(self) -> int:
        """Return how many tokens are filled in."""
        return self.filled

    def keep(self, count: int, places: Sequence[int], moved: Sequence[int]) -> None:
        """Go on with the first `count` texts; those of `moved` come to lie at `places`."""
        for tensor in (self.keys, self.values):
            for place, origin in zip(places, moved, strict=True):
                tensor[place, :, : self.filled] = tensor[origin, :, : self.filled]
        self.keys, self.values = self.keys[:count], self.values[:count]


def write_step_by_step(
    model: Any,
    special: SpecialIds,
    ids: Tensor,
    mask: Tensor,
    limit: int,
    check: Callable[[], None] = lambda: None,
) -> Tensor:
    """Return the tokens `[rows, limit]` that a causal student writes after each input.

    They are padded after their ends. `ids` and `mask` are `[rows, length]`, padded on the left.
    `check` may raise to stop it; it is asked every LOOK_EVERY tokens.
    """
    count, length = ids.shape
    texts = ids.new_full((count, limit), special.pad)
    rows = torch.arange(count)  # whose text lies at each place
    layers = model.config.get_text_config(decoder=True).num_hidden_layers
    cache = Cache(layers=[FilledLayer(length + limit) for _ in range(layers)])
    mask = torch.cat([mask, mask.new_ones(count, limit)], dim=1)
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
    with torch.no_grad():
        # without the head, and the last token: nobody asks what is said of the others
        step = max(1, READ_AT_ONCE // count)
        for first in range(0, length - 1, step):
            check()
            last = min(first + step, length - 1)
            model.base_model(
                input_ids=ids[:, first:last],
                position_ids=positions[:, first:last],
                attention_mask=mask[:, :last],
                past_key_values=cache,
                use_cache=True,
            )
        token = ids[:, -1:]
        for place in range(limit):
            if place % LOOK_EVERY == 0:
                check()
            last = length + place
            logits = model(
                input_ids=token,
                position_ids=positions[:, last - 1 : last],
                attention_mask=mask[:, :last],
                past_key_values=cache,
                use_cache=True,
            ).logits
            likeliest = logits[:, -1].argmax(dim=-1)
            texts[rows, place] = likeliest
            goes_on = likeliest != special.eos
            if not goes_on.all():
                kept = _close_ranks(goes_on.tolist())
                if not kept:
                    break
                moved = [(to, origin) for to, origin in enumerate(kept) if to != origin]
                for layer in cache.layers:
                    layer.keep(len(kept), [to for to, _ in moved], [origin for _, origin in moved])
                rows, mask, positions = rows[kept], mask[kept], positions[kept]
                likeliest = likeliest[kept]
            token = likeliest[:, None]
    return texts


def bytes_a_token(model: Any) -> int:
    """Return what a causal model's keys and values of one token take in memory."""
    config = model.config.get_text_config(decoder=True)
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    kept = getattr(config, "num_key_value_heads", None) or heads
    bytes_a_number = next(model.parameters()).element_size()
    return int(2 * config.num_hidden_layers * kept * size * bytes_a_number)


def _close_ranks(goes_on: Sequence[bool]) -> list[int]:
    """Return the places of those that go on, the last ones put where others have ended.

    As few as possible move: each takes its keys and values along.
    """
    count = sum(goes_on)
    late = iter([place for place in range(count, len(goes_on)) if goes_on[place]])
    return [place if goes_on[place] else next(late) for place in range(count)]
