"""The clock of the benchmarks."""

from __future__ import annotations

import os
import time

from scicot.adapters.students.machine import has_gpu


def work_seconds() -> float:
    """Return this process's processor seconds so far, and those of its helpers that have ended.

    All threads are counted. A busy machine disturbs them less than the time of day. Where the GPU
    works, they would say nothing: there it is the time of day, once the GPU has done all it was
    given.
    """
    if not has_gpu():
        spent = os.times()
        return spent.user + spent.system + spent.children_user + spent.children_system
    import torch

    torch.cuda.synchronize()
    return time.perf_counter()
