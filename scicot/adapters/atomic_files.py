"""Files that are written whole or not at all."""

from __future__ import annotations

import stat
import uuid
from contextlib import suppress
from pathlib import Path

from scicot.adapters.moving import move_into_place
from scicot.words.errors import InvalidInput
from scicot.words.storage import expand, storage_error


def write_atomically(path: Path, content: bytes) -> None:
    """Write the file by rename: a kill or a power loss leaves the old one or the new.

    Raises InvalidInput when the folder is missing or something else than a file lies there,
    StorageError when the disk is full or refuses.
    """
    path = expand(path)
    try:
        if not path.parent.is_dir():
            raise InvalidInput(f"There is no folder {path.parent}. Make it, or name another file.")
        refuse_special_file(path)
        # beside the file: a rename is one step only within a file system
        temporary = path.with_name(f".{uuid.uuid4().hex}")
    except (OSError, ValueError) as error:  # too long a name, or a NUL in it
        raise InvalidInput(
            f"'{path.name[:60]}' cannot be a file's name. Choose another."
        ) from error
    try:
        with temporary.open("xb") as file:
            file.write(content)
        move_into_place(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise storage_error(error, str(path)) from error


def refuse_special_file(path: Path) -> None:
    """Raise InvalidInput when a device, a FIFO, a folder or a link lies there: none is replaced."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(kind):
        raise InvalidInput(f"{path} is a link. Name the file itself, or another one.")
    if not stat.S_ISREG(kind):
        raise InvalidInput(f"{path} is no regular file. Name another one.")
