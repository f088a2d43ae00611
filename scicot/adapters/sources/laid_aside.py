"""What was read and waits for the end of its source: on disk, not in memory, and gone with it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any


class LaidAside:
    """Entries in the order they were added, each a list that JSON can hold; close it when done."""

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.TemporaryFile(  # noqa: SIM115  (closed by close)
            "w+", encoding="utf-8", newline="\n"
        )

    def add(self, entry: list[Any]) -> None:
        """Lay one more entry aside."""
        self._file.write(json.dumps(entry, ensure_ascii=True) + "\n")

    def __iter__(self) -> Iterator[list[Any]]:
        self._file.seek(0)
        return map(json.loads, self._file)

    def close(self) -> None:
        """Let go of the entries."""
        self._file.close()
