"""Backups as files: where the next one goes, and which of a series go when there are too many."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from scicot.adapters.atomic_files import refuse_special_file
from scicot.words.errors import InvalidInput
from scicot.words.storage import expand, storage_error

STAMP = "%Y%m%d-%H%M%S-%f"


def choose_target(
    source: Path, path: Path, keep: int | None, *, own_folder: Path, now: datetime
) -> tuple[Path, str]:
    """Return the file to write and the pattern of its series.

    A folder gets a file named by the moment. With `keep`, a file that is there steps aside under
    its own moment; without, raises InvalidInput.
    """
    path = expand(path)
    if path.is_dir() or path == own_folder or (keep and not path.suffix):
        make_private_folder(path)
        return path / f"{source.stem}-{now.strftime(STAMP)}.db", f"{source.stem}-[0-9]*.db"
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent}. Make it first.")
    refuse_special_file(path)
    if path.exists() and not keep:
        raise InvalidInput(
            f"{path} exists already. Choose a new name; backups are not overwritten."
        )
    if path.exists():
        moment = datetime.fromtimestamp(path.stat().st_mtime_ns / 1e9, UTC)
        path.rename(path.with_name(f"{path.stem}-{moment.strftime(STAMP)}{path.suffix}"))
    return path, f"{path.stem}-[0-9]*{path.suffix}"


def make_private_folder(path: Path) -> None:
    """Make a folder that only this account may look into; raises StorageError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, f"the folder {path}") from error


def remove_older(newest: Path, series: str, keep: int) -> tuple[Path, ...]:
    """Remove all but the newest of a series, and return what went."""
    # the moment is in the name: a copied file keeps its place in the series; one from a time that
    # is still to come, by a clock that went wrong, goes first
    others = [path for path in newest.parent.glob(series) if path != newest]
    stamp = newest.name if fnmatch(newest.name, series) else "~"
    others.sort(key=lambda path: (path.name < stamp, path.name), reverse=True)
    surplus = tuple(others[keep - 1 :])
    for path in surplus:
        path.unlink(missing_ok=True)
    return surplus


def is_there(path: Path) -> bool:
    """Return whether anything lies under this name."""
    return path.exists()


def refuse_missing(path: Path) -> None:
    """Raise InvalidInput where there is no such file."""
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}. Check the path.")


def size_of(path: Path) -> int:
    """Return a file's bytes."""
    return path.stat().st_size


def written_at(path: Path) -> datetime:
    """Return when a file was last written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def newest_written_at(folder: Path, *, until: datetime) -> datetime | None:
    """Return when the newest database file of a folder was written, None where there is none.

    One that is of a later time does not count: the clock went wrong, and was put back.
    """
    moments = []
    for path in folder.glob("*.db"):
        with suppress(OSError):
            moments.append(written_at(path))
    return max((moment for moment in moments if moment <= until), default=None)


@contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """Yield a name beside a file for its successor; what still lies there afterwards goes."""
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def rehearsal_file() -> Iterator[Path]:
    """Yield a place for a copy that is looked at and thrown away."""
    with tempfile.TemporaryDirectory(prefix="scicot-rehearsal-") as folder:
        yield Path(folder) / "rehearsed.db"
