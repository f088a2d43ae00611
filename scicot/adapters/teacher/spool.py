"""The spool: a file of paid answers that the database could not take yet."""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scicot.adapters.disk import Room

ROOM_BYTES = 8_000_000  # some hundred replies; more are never in flight at once
log = logging.getLogger(__name__)


class Spool:
    """One run's spool, one JSON object a line, with room put aside for when the disk is full."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.room = Room(path.with_suffix(".room"), ROOM_BYTES)

    def append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Add the lines and return once they are on the disk; uses the room when it is full."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        start = self._path.stat().st_size if self._path.exists() else 0
        try:
            self._write(lines)
        except OSError as error:
            if self._path.exists():
                os.truncate(self._path, start)  # half a line would hide the next one
            if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not self.room.is_there:
                raise
            self.room.give_back()
            self._write(lines)

    def _write(self, lines: Sequence[Mapping[str, Any]]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            for line in lines:
                file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> list[dict[str, Any]]:
        """Return the lines, without a last one that a kill cut short."""
        if not self._path.exists():
            return []
        lines = []
        for text in self._path.read_text(encoding="utf-8").splitlines():
            try:
                lines.append(json.loads(text))
            except ValueError:
                log.warning("A cut line in %s was left out", self._path.name)
        return lines

    def clear(self) -> None:
        """Remove the file: everything in it is stored."""
        self._path.unlink(missing_ok=True)
