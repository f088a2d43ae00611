"""fp32 numbers in memory that several processes see, as a model's weights and gradients."""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Sequence

import torch

ALIGNED = 16  # numbers: each tensor begins where a processor's widest registers like it
NUMBER_BYTES = 4


class SharedNumbers:
    """A block of numbers behind an open file that lies in memory alone.

    The memory is free again when no process has the file open or a tensor in it.
    """

    def __init__(self, handle: int, shapes: Sequence[Sequence[int]]) -> None:
        self.handle = handle
        memory = mmap.mmap(handle, _bytes(shapes))
        self.whole = torch.frombuffer(memory, dtype=torch.float32)
        self.tensors: list[torch.Tensor] = []
        first = 0
        for shape in shapes:
            size = math.prod(shape)
            # each a storage of its own: what saves tensors asks whether they lie in each other
            made = torch.frombuffer(
                memory, dtype=torch.float32, count=size, offset=first * NUMBER_BYTES
            )
            self.tensors.append(made.view(*shape))
            first += _aligned(size)

    @classmethod
    def new(cls, shapes: Sequence[Sequence[int]]) -> SharedNumbers:
        """Return zeros of these shapes."""
        handle = os.memfd_create("scicot")
        os.ftruncate(handle, _bytes(shapes))
        return cls(handle, shapes)

    @property
    def bytes(self) -> int:
        """What the block takes."""
        return self.whole.numel() * NUMBER_BYTES

    def close(self) -> None:
        """Close the file; the tensors stay as long as somebody has them."""
        os.close(self.handle)


def _bytes(shapes: Sequence[Sequence[int]]) -> int:
    """Return what tensors of these shapes take, aligned; there is no block of nothing."""
    return max(1, sum(_aligned(math.prod(shape)) for shape in shapes)) * NUMBER_BYTES


def _aligned(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED
