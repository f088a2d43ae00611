"""The clock of the benchmarks."""

from __future__ import annotations

import time

from scicot.adapters.students.machine import has_gpu


def work_seconds() -> float:
    """Return this process's processor seconds so far, all threads together.

    A busy machine disturbs them less than the time of day. Where the GPU works, they would say
    nothing: there it is the time of day, once the GPU has done all it was given.
    """
    if not has_gpu():
        return time.process_time()
    import torch

    torch.cuda.synchronize()
    return time.perf_counter()
