"""What the student benchmarks share: the student, its threads, and timing in processor seconds."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.students.folders import StudentFolder, find_student, inspect_folder
from scicot.adapters.students.machine import choose_threads, has_bf16, resolve_precision
from scicot.adapters.students.paper_shape import build_paper_shape
from scicot.adapters.students.peers import set_threads
from scicot.bench.texts import VOCABULARY
from scicot.words.settings import Settings

SHAPE = "flan-t5-small-shape"  # random weights, so that no hub is needed


@dataclass(frozen=True, slots=True)
class Bench:
    """A place to measure in."""

    student: StudentFolder
    folder: Path
    threads: int

    def describe(self) -> dict[str, Any]:
        """Return what the figures depend on beside the code."""
        return {
            "student": self.student.name,
            "threads": self.threads,
            "precision": resolve_precision("auto"),
            "bf16_in_hardware": has_bf16(),
        }


@contextmanager
def open_bench(student: str, settings: Settings) -> Iterator[Bench]:
    """Yield the student and a temporary folder; figures are per second of processor time."""
    threads = choose_threads(settings.threads)
    set_threads(threads)
    with tempfile.TemporaryDirectory() as folder:
        if student == SHAPE:
            built = build_paper_shape(settings.artifacts_folder / "bench" / SHAPE, VOCABULARY)
            found = inspect_folder(SHAPE, built)
        else:
            found = find_student(student, settings)
        yield Bench(found, Path(folder), threads)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what the work gives and the processor seconds it took, all threads together."""
    started = time.process_time()
    return work(), time.process_time() - started
