"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from scicot.words.errors import InvalidInput


def write_atomically(path: Path, content: bytes) -> None:
    """Write the file by rename: a kill leaves the old one or the new one.

    Raises InvalidInput when the folder is missing or cannot be written to.
    """
    path = path.expanduser()
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent}. Make it, or name another file.")
    # beside the file: a rename is one step only within a file system
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InvalidInput(
            f"{path} cannot be written ({error.strerror}). Name a file in a folder that exists."
        ) from error
