"""What this machine can do for a student: threads, bf16, memory. No torch here."""

from __future__ import annotations

import os
import resource
from importlib import metadata
from pathlib import Path

import psutil

from scicot.words.errors import StudentError
from scicot.words.settings import Settings

VISIBLE = "CUDA_VISIBLE_DEVICES"
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")  # of cgroups v2
SHARE_OF_MEMORY = 0.75  # that all training runs together may hold
BF16_FLAGS = {"avx512_bf16", "amx_bf16"}


def has_gpu() -> bool:
    """Return whether an NVIDIA card is here, shown to this process, and torch can use it."""
    is_hidden = os.environ.get(VISIBLE, "0").split(",")[0].strip() in ("", "-1")
    is_here = Path("/dev/nvidia0").exists() and not is_hidden
    return is_here and not metadata.version("torch").endswith("+cpu")


def list_cards() -> list[str]:
    """Return the GPUs that this process may use, by the names that CUDA knows them by."""
    if not has_gpu():
        return []
    visible = os.environ.get(VISIBLE)
    if visible is None:
        count = len(list(Path("/dev").glob("nvidia[0-9]*")))
        return [str(number) for number in range(count)]
    named = [name.strip() for name in visible.split(",")]
    return named[: named.index("-1")] if "-1" in named else [name for name in named if name]


def count_slots(settings: Settings) -> int:
    """Return how many runs compute at once: what is set, else one a GPU, else one."""
    if "training_slots" in settings.model_fields_set or settings.device == "cpu":
        return settings.training_slots
    return max(1, len(list_cards()))


def runs_a_card(settings: Settings) -> int:
    """Return how many runs share a GPU: one, unless more slots were asked for than there are."""
    return -(-count_slots(settings) // max(1, len(list_cards())))


def choose_device(wanted: str = "auto") -> str:
    """Return cuda or cpu for a setting of auto, cpu or cuda; StudentError where there is no GPU."""
    if wanted == "cuda" and not has_gpu():
        raise StudentError(
            "SCICOT_DEVICE is cuda, and there is no GPU here that torch can use. Set it to auto or "
            "cpu, or install torch for CUDA."
        )
    return wanted if wanted != "auto" else "cuda" if has_gpu() else "cpu"


def name_device(device: str) -> str:
    """Return the device's own name for a person: the card's, or the processor's."""
    if device == "cuda":
        import torch

        return f"cuda: {torch.cuda.get_device_name()}"
    named = [line for line in _processor() if line.startswith("model name")]
    return f"cpu: {named[0].partition(':')[2].strip()}" if named else "cpu"


def has_bf16(device: str = "auto") -> bool:
    """Return whether bf16 arithmetic is in hardware; emulated, it is slower than fp32."""
    if choose_device(device) == "cuda":
        return True
    flags = next((line for line in _processor() if line.startswith("flags")), "")
    return bool(BF16_FLAGS & set(flags.split()))


def _processor() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def resolve_precision(wanted: str, device: str = "auto") -> str:
    """Return fp32 or bf16 for a setting of auto, fp32 or bf16."""
    if wanted != "auto":
        return wanted
    return "bf16" if has_bf16(device) else "fp32"


def run_threads(settings: Settings) -> int:
    """Return a run's threads: SCICOT_THREADS, or an equal share of the cores for each slot.

    Not what happens to be free: sums are split by thread, so another count gives weights that
    differ in the last bits, and the same run must give the same weights.
    """
    return min(settings.threads or max(1, count_cores() // count_slots(settings)), count_cores())


def run_memory_bytes(settings: Settings) -> int:
    """Return what a run should hold: SCICOT_TRAINING_MEMORY_MB, or its share of the machine's."""
    if settings.training_memory_mb is not None:
        return settings.training_memory_mb * 1_000_000
    return int(SHARE_OF_MEMORY * _memory_bytes() / count_slots(settings))


def _memory_bytes() -> int:
    """Return the machine's memory, or what a container may take of it."""
    whole = int(psutil.virtual_memory().total)
    try:
        return min(whole, int(CONTAINER_LIMIT.read_text(encoding="utf-8")))
    except (OSError, ValueError):  # no container, or one without a limit: "max"
        return whole


def choose_threads(wanted: int | None = None) -> int:
    """Return threads for work outside a run: the number set, or the free cores, at least one.

    Two threads beside a busy process are many times slower than one, because they wait for each
    other.
    """
    cores = count_cores()
    if wanted is not None:
        return max(1, min(wanted, cores))
    busy = float(psutil.cpu_percent(interval=0.2)) / 100 * float(psutil.cpu_count() or 1)
    return max(1, cores - round(busy))


def count_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_memory_bytes() -> int:
    """Return the most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
