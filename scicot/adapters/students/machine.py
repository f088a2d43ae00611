"""What this machine can do for a student: threads, bf16, memory. No torch here."""

from __future__ import annotations

import os
import resource
from importlib import metadata
from pathlib import Path

import psutil

BF16_FLAGS = {"avx512_bf16", "amx_bf16"}


def has_gpu() -> bool:
    """Return whether an NVIDIA card and a torch that can use it are here."""
    return Path("/dev/nvidia0").exists() and not metadata.version("torch").endswith("+cpu")


def has_bf16() -> bool:
    """Return whether bf16 arithmetic is in hardware; emulated, it is slower than fp32."""
    if has_gpu():
        return True
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return bool(BF16_FLAGS & set(flags.split()))


def resolve_precision(wanted: str) -> str:
    """Return fp32 or bf16 for a setting of auto, fp32 or bf16."""
    if wanted != "auto":
        return wanted
    return "bf16" if has_bf16() else "fp32"


def choose_threads(wanted: int | None = None) -> int:
    """Return how many threads to use: the number set, or the cores that are free, at least one.

    Two threads beside a busy process are many times slower than one, because they wait for each
    other.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cores = cores or 1
    if wanted is not None:
        return max(1, min(wanted, cores))
    busy = float(psutil.cpu_percent(interval=0.2)) / 100 * float(psutil.cpu_count() or 1)
    return max(1, cores - round(busy))


def peak_memory_bytes() -> int:
    """Return the most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
