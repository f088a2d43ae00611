"""What lies under the artifacts folder: how large it is, and its removal."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from scicot.adapters.artifact_store import open_store
from scicot.words.errors import InvalidConfig, StorageError
from scicot.words.settings import Settings

# a folder without a row may belong to a stage that is being published at this moment
SETTLED_SECONDS = 3600
SCRATCH = "scratch-"  # begins the name of a folder whose maker removes it, unless it is killed
log = logging.getLogger(__name__)


def log_path(settings: Settings, run_id: int | str) -> Path:
    """Return the file that a run's worker writes its log to."""
    return settings.artifacts_folder / "logs" / f"run-{run_id}.log"


def measure_kinds(settings: Settings) -> dict[str, int]:
    """Return the bytes of each folder under artifacts that holds something."""
    root = settings.artifacts_folder
    folders = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    sizes: dict[str, int] = {}
    for folder in folders:
        kind = SCRATCH.rstrip("-") if folder.name.startswith(SCRATCH) else folder.name
        sizes[kind] = sizes.get(kind, 0) + size_of(folder)
    return {name: size for name, size in sizes.items() if size}


def settled_folders(settings: Settings, kind: str) -> Iterator[str]:
    """Yield the folders of a kind that nobody has touched for an hour, as `kind/name`."""
    for folder in sorted((settings.artifacts_folder / kind).glob("*")):
        if folder.is_dir() and _is_settled(folder):
            yield f"{kind}/{folder.name}"


def settled_leftovers(settings: Settings) -> Iterator[str]:
    """Yield what killed processes left behind of unpacking or building, untouched for an hour."""
    for pattern in (f"{SCRATCH}*", "students/.*"):
        for folder in sorted(settings.artifacts_folder.glob(pattern)):
            if folder.is_dir() and _is_settled(folder):
                yield folder.relative_to(settings.artifacts_folder).as_posix()


def _is_settled(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime > SETTLED_SECONDS


def size_of(folder: Path) -> int:
    """Return the bytes of a folder's files; one that goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def remove_folder(settings: Settings, folder: str) -> None:
    """Remove a folder under artifacts, here and where all machines find it.

    What cannot be removed only takes room: it stays, and the log says so.
    """
    shutil.rmtree(settings.artifacts_folder / folder, ignore_errors=True)
    try:
        store = open_store(settings)
        if store is not None:
            store.remove(folder)
    except (StorageError, InvalidConfig) as error:
        log.warning("%s", error)


def remove_run_files(settings: Settings, run_id: int) -> None:
    """Remove a run's log and checkpoints."""
    log_path(settings, run_id).unlink(missing_ok=True)
    remove_folder(settings, f"work/run-{run_id}")
