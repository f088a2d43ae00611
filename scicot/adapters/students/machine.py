"""What this machine can do for a student: threads, bf16, memory. No torch here."""

from __future__ import annotations

import os
import resource
from importlib import metadata
from pathlib import Path

import psutil

from scicot.words.settings import Settings

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


def run_threads(settings: Settings) -> int:
    """Return a run's threads: SCICOT_THREADS, or an equal share of the cores for each slot.

    Not what happens to be free: sums are split by thread, so another count gives weights that
    differ in the last bits, and the same run must give the same weights.
    """
    return min(settings.threads or max(1, _cores() // settings.training_slots), _cores())


def choose_threads(wanted: int | None = None) -> int:
    """Return threads for work outside a run: the number set, or the free cores, at least one.

    Two threads beside a busy process are many times slower than one, because they wait for each
    other.
    """
    cores = _cores()
    if wanted is not None:
        return max(1, min(wanted, cores))
    busy = float(psutil.cpu_percent(interval=0.2)) / 100 * float(psutil.cpu_count() or 1)
    return max(1, cores - round(busy))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_memory_bytes() -> int:
    """Return the most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
