"""How a line of a log looks, whoever writes it: its time is UTC and says so."""

from __future__ import annotations

import logging
from datetime import UTC, datetime


class LogForm(logging.Formatter):
    """Writes a line like `2026-01-31T12:00:00.000Z INFO scicot: It goes`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(  # noqa: N802 (logging's own name)
        self, record: logging.LogRecord, datefmt: str | None = None
    ) -> str:
        """Return when the record was made, in UTC, to the millisecond."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
