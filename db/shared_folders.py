"""SQLite files in folders that several machines see: no WAL, and locks that do without the disk's.

SQLite's documentation excludes WAL on network file systems: its index is shared memory. Only this
process knows which folders these are, and it must be the only one that has their files open.
"""

from __future__ import annotations

import shutil
from pathlib import Path

DOTFILE = "unix-dotfile"  # SQLite's own locks of folders beside the file, for disks without any
_folders: dict[Path, str] = {}  # and how files in them are locked; empty: as everywhere


def keep_without_wal(folder: Path, *, has_locks: bool) -> None:
    """Open the SQLite files of this folder without WAL from now on.

    Where its disk has no locks SQLite makes its own; those of a process that was killed are
    removed here.
    """
    folder = folder.absolute()
    _folders[folder] = "" if has_locks else DOTFILE
    if not has_locks:
        for left in folder.glob("*.db.lock"):
            shutil.rmtree(left, ignore_errors=True)


def journal_mode(path: Path) -> str:
    """Return how a SQLite file keeps what it may have to take back."""
    return "DELETE" if path.absolute().parent in _folders else "WAL"


def locking(path: Path) -> str:
    """Return the name of SQLite's way to lock this file, empty for the usual one."""
    return _folders.get(path.absolute().parent, "")
