"""What a disk has room for, and who may look into a folder of it."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from scicot.words.storage import storage_error


def free_bytes(folder: Path) -> int:
    """Return the room left on the disk that holds the folder, or will hold it once it is made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def prove_writable(folder: Path, called: str) -> None:
    """Write a file into the folder and let it go.

    Raises StorageError, which names the folder as it is `called`, when the disk refuses.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"written and gone")
            file.flush()
    except OSError as error:
        raise storage_error(error, f"{called} {folder}") from error


def is_open_to_others(folder: Path) -> bool:
    """Return whether other accounts of this machine may look in; False where that is unknown."""
    return os.name == "posix" and bool(stat.S_IMODE(folder.stat().st_mode) & 0o077)
