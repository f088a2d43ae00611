"""Putting another file in the database's place, in steps that a kill can only delay.

The new file lies complete beside the database under the name INCOMING; from then on the restore
is decided. Whoever opens the database next carries out the steps that are left.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from db.syncing import sync, sync_folder

SIDECARS = ("-wal", "-shm", "-journal")


def incoming_path(path: Path) -> Path:
    """Return where the file lies that is to become the database."""
    return path.with_name(f"{path.name}.incoming")


def put_in_place(draft: Path, path: Path) -> Path | None:
    """Make a complete file the database, and return where the old one is kept."""
    keep_as = _kept_as(path, draft)
    sync(draft)
    os.rename(draft, incoming_path(path))
    sync_folder(path.parent)
    finish_restore(path)
    return keep_as if keep_as.exists() else None


def finish_restore(path: Path) -> None:
    """Put the incoming file in place, if there is one.

    The old file and its sidecars are kept by rename, byte for byte: nothing of a damaged file is
    read, and no sidecar of the old one meets the new one.
    """
    incoming = incoming_path(path)
    if not incoming.exists():
        return
    with _alone(path):
        if not incoming.exists():  # another process has done it meanwhile
            return
        keep_as = _kept_as(path, incoming)
        for suffix in (*SIDECARS, ""):
            old = path.with_name(path.name + suffix)
            if old.exists():
                os.rename(old, keep_as.with_name(keep_as.name + suffix))
        os.rename(incoming, path)
        sync_folder(path.parent)


def _kept_as(path: Path, new: Path) -> Path:
    # the moment is the file's, so that going on after a kill finds the same name
    moment = datetime.fromtimestamp(new.stat().st_mtime_ns / 1e9, UTC)
    return path.with_name(f"{path.stem}-before-restore-{moment:%Y%m%d-%H%M%S-%f}.db")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.with_name(f"{path.name}.restore-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
