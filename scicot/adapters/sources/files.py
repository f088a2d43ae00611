"""Files as they come from outside: regular ones only, of a known size."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from scicot.words.errors import InvalidInput
from scicot.words.storage import expand

MAX_FILE_BYTES = 512 * 2**20
MAX_TEXT_BYTES = 2**20  # of a file that a person writes: a prompt, a rubric, a grid


def open_regular(path: Path) -> BinaryIO:
    """Return a regular file opened for reading; raises InvalidInput for anything else.

    A pipe is opened without waiting for its other end, and a device or a pipe is never read.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}. Check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name holds a NUL"
        raise InvalidInput(
            f"{path} cannot be read ({reason}). Check its name and rights."
        ) from error
    about = os.fstat(number)
    if not stat.S_ISREG(about.st_mode):
        os.close(number)
        what = "a folder" if stat.S_ISDIR(about.st_mode) else "a device, pipe or socket"
        raise InvalidInput(f"{path} is {what}, not a file. Name a regular file.")
    if about.st_size > MAX_FILE_BYTES:
        os.close(number)
        raise InvalidInput(
            f"{path.name} has {about.st_size / 2**20:,.0f} MiB; {MAX_FILE_BYTES // 2**20} MiB are "
            "the most that is read. Split the file."
        )
    return os.fdopen(number, "rb")


def first_bytes(path: Path, count: int = 64) -> bytes:
    """Return how a file begins; raises InvalidInput where it cannot be read."""
    with open_regular(path) as file:
        return file.read(count)


def read_text_file(path: Path, most: int = MAX_TEXT_BYTES) -> str:
    """Return the text of a small UTF-8 file; raises InvalidInput for what is none."""
    with open_regular(expand(path)) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise InvalidInput(f"{path.name} is larger than {most // 2**10:,} KiB. Give another file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} is no UTF-8 text. Save it as UTF-8.") from error
