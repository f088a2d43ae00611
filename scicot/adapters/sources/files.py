"""Files as they come from outside: regular ones only, of a known size, unpacked where packed."""

from __future__ import annotations

import bz2
import gzip
import os
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from scicot.words.errors import InvalidInput
from scicot.words.storage import expand, says_full, storage_error

MAX_FILE_BYTES = 512 * 2**20
MAX_TEXT_BYTES = 2**20  # of a file that a person writes: a prompt, a rubric, a grid
MAX_UNPACKED_BYTES = 256 * 2**20  # of what a packed file may become: a bomb is packed small
CHUNK = 1 << 20
_UNPACKERS: tuple[tuple[bytes, str, Callable[[Path], Any]], ...] = (
    (b"\x1f\x8b", "gz", gzip.GzipFile),
    (b"BZh", "bz2", bz2.BZ2File),
)


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
        raise InvalidInput(f"{path} cannot be read ({reason}).") from error
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


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield the file and None; or, for a packed one, a temporary copy and how it was packed."""
    start = first_bytes(path)
    for magic, name, opened in _UNPACKERS:
        if start.startswith(magic):
            with tempfile.TemporaryDirectory(prefix="scicot-") as folder:
                copy = Path(folder) / path.name
                with opened(path) as packed, copy.open("wb") as plain:
                    _copy(packed, plain, path.name, name)
                yield copy, name
            return
    yield path, None


def _copy(packed: IO[bytes], plain: IO[bytes], name: str, kind: str) -> None:
    size = 0
    try:
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            if size > MAX_UNPACKED_BYTES:
                raise InvalidInput(
                    f"{name} unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB. Unpack it "
                    "yourself and import the part you need."
                )
            plain.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and says_full(error):
            raise storage_error(error, f"a copy of {name}, unpacked") from error
        raise InvalidInput(
            f"{name} is a damaged or cut {kind} file ({error}). Fetch it once more."
        ) from error
