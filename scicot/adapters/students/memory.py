"""What a worker is started with: memory is kept for the next batch, and threads wait asleep.

glibc maps every block of more than 32 MB afresh and unmaps it when it is freed; the system then
clears each page again at its first touch. A training step frees and takes hundreds of megabytes
(logits, gradients), so that this was a seventh of its time, and of CTranslate2's, which works in
a thread of its own and so in a memory arena of 64 MB, a sixth.

oneDNN keeps what it has compiled for the last 1,024 shapes of a product, some 3 MB each in bf16.
Batches are seldom alike, so that a training grew by 80 MB a step; within a batch all layers have
the same few shapes.

OpenMP's threads spin while they wait for each other. Where another process has a core as well, one
thread spins for as long as the other is not let in: two runs, or a run beside the app, then cost
three times the processor's time and five times the clock's. Threads that sleep at once are called
thousands of times a second: a fifth of a small student's training. So they spin as long as a call
takes, and then sleep. docs/performance.md has figures.
"""

from __future__ import annotations

import ctypes
import os

LARGEST = 2**31 - 1
GROWTH = 64 << 20  # bytes by which the heap grows at once
SPINS = "GOMP_SPINCOUNT"  # GNU's OpenMP reads it, which PyTorch and CTranslate2 come with
SPUN = 1000  # rounds
KEPT_SHAPES = 16  # a training is as quick as with 64
M_MMAP_THRESHOLD = -3  # as glibc's malloc.h has it
LARGE_BLOCK = 1 << 19  # bytes from which a block is mapped by itself


def worker_environment() -> dict[str, str]:
    """Return the variables that are read when a process begins: by glibc, OpenMP and oneDNN.

    Other C libraries read none. What the machine's owner has set for OpenMP and oneDNN stays.
    """
    owned = {"OMP_WAIT_POLICY": "PASSIVE", "ONEDNN_PRIMITIVE_CACHE_CAPACITY": str(KEPT_SHAPES)}
    if "OMP_WAIT_POLICY" not in os.environ or SPINS in os.environ:
        owned[SPINS] = str(SPUN)
    return {name: os.environ.get(name, value) for name, value in owned.items()} | {
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": str(LARGEST),
        "MALLOC_TRIM_THRESHOLD_": str(LARGEST),
        "MALLOC_TOP_PAD_": str(GROWTH),
    }


def give_back_memory() -> None:
    """Give freed memory back once, between two parts of a run whose blocks differ in size."""
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


def give_back_freed_blocks() -> None:
    """Let every large block go back when it is freed, for a training with little room.

    Kept blocks leave holes that the next batch does not fit: a twentieth more memory in the end.
    """
    library = _c_library()
    if library is not None:
        library.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def _c_library() -> ctypes.CDLL | None:
    """Return the C library where it is glibc, else None."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows
        return None
    return library if hasattr(library, "gnu_get_libc_version") else None
