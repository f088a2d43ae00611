"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from scicot.words.errors import InvalidInput


def write_atomically(path: Path, content: bytes) -> None:
    """Write the file by rename: a kill leaves the old one or the new one.

    Raises InvalidInput when the folder is missing or cannot be written to.
    """
    path = path.expanduser()
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise InvalidInput(
            f"{path} cannot be written ({error.strerror}). Name a file in a folder that exists."
        ) from error
