"""Keep freed memory for the next batch instead of giving it back to the system each time.

glibc maps every block of more than 32 MB afresh and unmaps it when it is freed; the system then
clears each page again at its first touch. A training step frees and takes hundreds of megabytes
(logits, gradients), so that this was a seventh of its time, and of CTranslate2's, which works in
a thread of its own and so in a memory arena of 64 MB, a sixth. docs/performance.md has figures.
"""

from __future__ import annotations

import ctypes

# glibc's malloc.h
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -2, -3, -8
NEVER = -1
LARGEST = 2**31 - 1
GROWTH = 64 << 20  # bytes by which the heap grows at once


def keep_freed_memory() -> None:
    """Let this process keep what it frees; does nothing where the C library is not glibc.

    To be called before the first thread starts: threads keep the arenas that they began with.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # musl, macOS, Windows
        return
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, LARGEST)
    mallopt(M_TRIM_THRESHOLD, NEVER)
    mallopt(M_TOP_PAD, GROWTH)
