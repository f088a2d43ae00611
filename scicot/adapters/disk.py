"""What a disk has room for, and who may look into a folder of it."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import tempfile
from pathlib import Path

from scicot.words.storage import storage_error

log = logging.getLogger(__name__)


def free_bytes(folder: Path) -> int:
    """Return the room left on the disk that holds the folder, or will hold it once it is made.

    Of a share that is away it is that of the disk on which it is mounted.
    """
    while not is_there(folder) and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def is_there(folder: Path) -> bool:
    """Return whether the folder is there and can be looked at; a share may be away."""
    try:
        return folder.is_dir()
    except OSError:
        return False


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


class Room:
    """A file that holds some room on a disk for the moment in which there is none left."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size

    @property
    def is_there(self) -> bool:
        """Whether the room is held."""
        return self._path.exists()

    def put_aside(self) -> None:
        """Take the room while there is some; a disk that has none is said by the first write."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("wb") as file:
                file.write(b"\0" * self._size)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            log.warning("No room could be put aside on the disk: %s", error.strerror)

    def give_back(self) -> None:
        """Let the room go; where its folder is away it stays."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s could not be removed: %s", self._path, error.strerror)
