"""What an encoder made of the inputs that it read last, for what is asked of them next.

An input after which a text was written would be read once more where its options are scored: a
third of scoring (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

MOST_BYTES = 256_000_000  # 1,200 inputs of 100 tokens of Flan-T5-small


class KeptInputs:
    """Inputs by their tokens; those for which there is no room are read again."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._states: dict[tuple[int, ...], Tensor] = {}
        self._held_bytes = 0

    def keep(self, prompt: Sequence[int], states: Tensor) -> None:
        """Keep what was made of one input, `[tokens or more, size]`."""
        states = states[: len(prompt)]
        if self._held_bytes + states.nbytes <= self.most_bytes:
            self._states[tuple(prompt)] = states.clone()
            self._held_bytes += states.nbytes

    def find(self, prompts: Sequence[Sequence[int]]) -> Tensor | None:
        """Return `[inputs, longest, size]`, padded on the right, where all of them are here."""
        from torch.nn.utils.rnn import pad_sequence

        found = [self._states.get(tuple(prompt)) for prompt in prompts]
        known = [states for states in found if states is not None]
        return pad_sequence(known, batch_first=True) if len(known) == len(found) else None
