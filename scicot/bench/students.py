"""What the student benchmarks share: the student, the peers' own process, and timing."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from scicot.adapters.students.folders import StudentFolder, find_student, inspect_folder
from scicot.adapters.students.machine import (
    choose_threads,
    count_cores,
    has_bf16,
    has_gpu,
    resolve_precision,
)
from scicot.adapters.students.memory import worker_environment
from scicot.bench.paper_shape import build_paper_shape
from scicot.bench.stopwatch import work_seconds
from scicot.bench.texts import VOCABULARY
from scicot.words.settings import Settings

Arguments = ParamSpec("Arguments")
Given = TypeVar("Given")

SHAPE = "flan-t5-small-shape"  # random weights, so that no hub is needed


@dataclass(frozen=True, slots=True)
class Bench:
    """A place to measure in."""

    student: StudentFolder
    folder: Path
    threads: int
    peers: ProcessPoolExecutor

    def ask_peers(
        self,
        work: Callable[Arguments, Given],
        *args: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Given:
        """Return what a module's function gives in the peers' process; this one waits for it."""
        return self.peers.submit(work, *args, **named).result()

    @property
    def has_room_for_both(self) -> bool:
        """Whether there are cores for the peers beside ours, so that both can work at once."""
        return not has_gpu() and count_cores() >= 2 * self.threads

    def describe(self) -> dict[str, Any]:
        """Return what the figures depend on beside the code."""
        return {
            "student": self.student.name,
            "threads": self.threads,
            "seconds_of": "gpu" if has_gpu() else "processor",
            "precision": resolve_precision("auto"),
            "bf16_in_hardware": has_bf16(),
        }


@contextmanager
def open_bench(student: str, settings: Settings) -> Iterator[Bench]:
    """Yield the student, a temporary folder, and a process in which peers are measured.

    The peers have a process of their own because ours keeps freed memory, as a run does, and
    would make them faster than they are.
    """
    threads = choose_threads(settings.threads)
    set_threads(threads)
    _read_environment()
    for name in worker_environment():  # the peers' process is not to read it
        os.environ.pop(name, None)
    spawn = get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, spawn, initializer=set_threads, initargs=(threads,)) as peers,
    ):
        if student == SHAPE:
            built = build_paper_shape(settings.artifacts_folder / "bench" / SHAPE, VOCABULARY)
            opened = inspect_folder(SHAPE, built)
        else:
            opened = find_student(student, settings)
        yield Bench(opened, Path(folder), threads, peers)


def begin_again_keeping_memory() -> None:
    """Start this command anew with a run's way to keep freed memory, unless it has it already."""
    if not worker_environment().items() <= os.environ.items():
        command = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, command, os.environ | worker_environment())


def _read_environment() -> None:
    """Load the libraries whose OpenMP and oneDNN read this process's variables when they load."""
    import ctranslate2  # noqa: F401
    import torch  # noqa: F401


def set_threads(threads: int) -> None:
    """Use this many threads from here on."""
    import torch

    torch.set_num_threads(threads)


def timed(work: Callable[[], Given]) -> tuple[Given, float]:
    """Return what the work gives and the seconds it took, of the processor or on the GPU."""
    started = work_seconds()
    return work(), work_seconds() - started


def largest_difference(ours: Sequence[Sequence[float]], peers: Sequence[Sequence[float]]) -> float:
    """Return how far two ways to score the same options lie apart at most, in nats."""
    return max(
        abs(score - other)
        for row, others in zip(ours, peers, strict=True)
        for score, other in zip(row, others, strict=True)
    )


def peak_operations(precision: str) -> float:
    """Return multiplications and additions a second of a large matrix product alone."""
    import torch

    size, repeats, device = (8192, 20, "cuda") if has_gpu() else (1024, 10, "cpu")
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    left, right = (torch.randn(size, size, device=device, dtype=kind) for _ in range(2))

    def multiply() -> None:
        for _ in range(repeats):
            torch.mm(left, right)

    multiply()
    return 2 * size**3 * repeats / min(timed(multiply)[1] for _ in range(3))
