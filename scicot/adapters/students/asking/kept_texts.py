"""What a causal student holds in memory of the texts that it wrote, for what it is asked next.

A rationale that was cut is gone on with, and options are scored after a text: each begins with what
was read or written before. Its keys and values are taken from there, and only the rest is read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from scicot.adapters.students.asking.ragged import RaggedLayer

WORTH_TAKING = 2  # times as many tokens in memory as are left to read


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Texts that were written side by side, and what was kept of their tokens.

    The keys and values of `tokens[row]` lie in the layers' first columns.
    """

    layers: Sequence[RaggedLayer]
    tokens: Sequence[list[int]]

    @property
    def bytes(self) -> int:
        """How much memory it holds at most."""
        return sum(layer.keys.nbytes + layer.values.nbytes for layer in self.layers)


@dataclass(frozen=True, slots=True)
class Found:
    """Where the first `count` tokens of a text lie: in a batch's row, or nowhere."""

    batch: Batch | None
    row: int
    count: int

    def copy(self, layer: int, count: int, keys: Tensor, values: Tensor) -> None:
        """Copy the first `count` tokens of one layer into `[heads, count, size]` each."""
        if self.batch is None or not count:
            return
        origin = self.batch.layers[layer]
        keys[:] = origin.keys[self.row, :, :count]
        values[:] = origin.values[self.row, :, :count]


class KeptTexts:
    """Batches of texts, up to so many bytes: where there is no room, the oldest goes."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._batches: list[Batch] = []
        self._texts: list[tuple[list[int], Batch, int]] = []  # ordered by their tokens

    def make_room(self, more_bytes: int) -> None:
        """Let the oldest go until a batch of so many bytes fits beside the others."""
        while self._batches and self._held_bytes + more_bytes > self.most_bytes:
            self._batches.pop(0)
        self._texts = [
            (tokens, kept, row) for kept in self._batches for row, tokens in enumerate(kept.tokens)
        ]
        self._texts.sort(key=lambda text: text[0])

    @property
    def _held_bytes(self) -> int:
        return sum(kept.bytes for kept in self._batches)

    def keep(self, batch: Batch) -> None:
        """Keep a batch, if it fits at all."""
        if batch.bytes <= self.most_bytes:
            self._batches.append(batch)
        self.make_room(0)

    def find(self, tokens: list[int]) -> Found:
        """Return where the most of a text's first tokens lie; the text itself has one more."""
        place = bisect_left(self._texts, tokens, key=lambda text: text[0])
        best = Found(None, 0, 0)
        for kept, batch, row in self._texts[max(0, place - 1) : place + 1]:
            count = sum(1 for _ in takewhile(_are_equal, zip(kept, tokens[:-1], strict=False)))
            if count > best.count:
                best = Found(batch, row, count)
        return best

    def saves(self, tokens: list[int]) -> bool:
        """Return whether so much of a text is here that only its end should be read."""
        count = self.find(tokens).count
        return count >= WORTH_TAKING * (len(tokens) - count)

    def begin(
        self, prompts: Sequence[list[int]], layers: Sequence[RaggedLayer], more_bytes: int
    ) -> list[int]:
        """Fill in, of each prompt, as many of its first tokens as are here; return how many.

        What has no room beside the `more_bytes` that these layers will take goes.
        """
        found = [self.find(prompt) for prompt in prompts]
        self.make_room(more_bytes)
        origin = next((one.batch for one in found if one.batch is not None), None)
        if origin is None:
            return [0] * len(prompts)
        longest = max(one.count for one in found)
        for place, (layer, other) in enumerate(zip(layers, origin.layers, strict=True)):
            layer.lazy_initialization(other.keys, other.values)
            layer.clear_to(longest)
            for row, one in enumerate(found):
                keys, values = layer.keys[row, :, : one.count], layer.values[row, :, : one.count]
                one.copy(place, one.count, keys, values)
        return [one.count for one in found]

    def gather(self, found: Sequence[Found], counts: Sequence[int]) -> list[Tensor]:
        """Return keys and values by layer, one after the other, padded on the right with zeros.

        Row by row the first `counts[row]` tokens of what was found, `[rows, heads, length, size]`.
        """
        origin = next(one.batch for one in found if one.batch is not None)
        tensors: list[Tensor] = []
        for place, layer in enumerate(origin.layers):
            wide = (len(found), layer.keys.shape[1], max(counts))
            keys = layer.keys.new_zeros(*wide, layer.keys.shape[-1])
            values = layer.values.new_zeros(*wide, layer.values.shape[-1])
            for row, (one, count) in enumerate(zip(found, counts, strict=True)):
                one.copy(place, count, keys[row, :, :count], values[row, :, :count])
            tensors += [keys, values]
        return tensors


def _are_equal(pair: tuple[int, int]) -> bool:
    return pair[0] == pair[1]
