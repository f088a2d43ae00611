"""Rows laid aside on the disk while a source is read: gone through again, gone with the process."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator
from typing import Any

AT_ONCE = 500  # rows that are written together


class LaidAside:
    """Rows of plain values in a temporary file, to be read as often as needed; close it when done.

    Nobody else has the file's name, so that `marshal`, which is fast and trusts what it reads,
    reads what it wrote.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `close`)
        self._waiting: list[list[Any]] = []

    def add(self, entry: list[Any]) -> None:
        """Keep one row: texts, numbers, None and lists of them."""
        self._waiting.append(entry)
        if len(self._waiting) >= AT_ONCE:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            content = marshal.dumps(self._waiting)
            self._file.write(len(content).to_bytes(8, "little") + content)
            self._waiting = []

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield the rows in their order."""
        self._write()
        self._file.seek(0)
        while size := self._file.read(8):
            yield from marshal.loads(self._file.read(int.from_bytes(size, "little")))

    def close(self) -> None:
        """Let the file go."""
        self._file.close()
