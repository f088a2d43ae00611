"""The folders that parcels are packed from and worked on in: locked, filled, and cleared away."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scicot.adapters.artifacts import SCRATCH
from scicot.adapters.parcel_files import MANIFEST, open_parcel
from scicot.words.configs import STUDENT_FILES
from scicot.words.errors import Conflict

PROGRESS = "progress.jsonl"
LOG = "work.log"
STUDENT = "student"


@contextmanager
def scratch_folder(inside: Path, *, make: bool = False) -> Iterator[Path]:
    """Yield a new folder that is gone afterwards; it lies inside another one if that is there.

    `make` makes the other one: what is renamed out of it must lie on its disk.
    """
    if make:
        inside.mkdir(parents=True, exist_ok=True)
    where = inside if inside.is_dir() else None
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=where) as name:
        yield Path(name)


def open_once(path: Path, folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Return where a parcel lies unpacked inside its work folder; unpacks it the first time.

    Raises Conflict when another parcel was unpacked there.
    """
    inside = folder / "parcel"
    if not inside.is_dir():
        open_parcel(path, inside)
    elif json.loads((inside / MANIFEST).read_text(encoding="utf-8")) != manifest:
        raise Conflict(f"{folder} holds the work on another parcel. Name another --folder.")
    return inside


def pack_student_files(student: Path, folder: Path) -> None:
    """Copy the files of a student that only this machine has into a parcel's folder."""
    (folder / STUDENT).mkdir()
    for pattern in STUDENT_FILES:
        for file in student.glob(pattern):
            shutil.copy2(file, folder / STUDENT / file.name)


def find_packed_student(folder: Path) -> Path | None:
    """Return the student that travelled in the parcel, None where it is fetched by its id."""
    return folder / STUDENT if (folder / STUDENT).is_dir() else None


def write_lines(
    path: Path, rows: Iterable[Mapping[str, Any]], say: Callable[[object], object]
) -> None:
    """Write rows as JSONL; `say` turns what JSON has no word for into what it has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, default=say) + "\n")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSONL file; none where an earlier version wrote no such file."""
    if not path.exists():
        return
    # only "\n" ends a line: a text may hold other line separators
    yield from (json.loads(line) for line in path.read_text("utf-8").split("\n") if line)


def copy_file(source: Path, target: Path) -> None:
    """Copy what a run told, if it told anything."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
