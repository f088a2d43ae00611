"""The log of work on a parcel: kept in its folder, brought home, and put behind the run's own."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scicot.adapters.parcel_folders import LOG
from scicot.pure.runs.log_lines import LogForm


class _Quiet(logging.FileHandler):
    """A log that is away for a while, or full, costs neither the work nor the other logs."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's own name)
        """Leave the line out."""


@contextmanager
def logged(folder: Path) -> Iterator[None]:
    """Write what is logged meanwhile to the folder too, in the form of the other logs."""
    handler, root = _Quiet(folder / LOG, encoding="utf-8"), logging.getLogger()
    forms = [other.formatter for other in root.handlers if other.formatter]
    handler.setFormatter(forms[0] if forms else LogForm())
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def append_log(brought: Path, log: Path, whence: str) -> None:
    """Put a log that came with a result behind the run's own, under a line that says whence, once.

    Nothing where the result has none, as one of an earlier version, or an empty one.
    """
    content = brought.read_bytes() if brought.is_file() else b""
    if not content:
        return
    head = _head(f"{whence}, {hashlib.sha256(content).hexdigest()[:8]}")
    own = log.read_bytes() if log.exists() else b""
    if head.encode() in own:
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        file.write((b"" if own.endswith(b"\n") or not own else b"\n") + head.encode() + content)


def joined_logs(own: str, other: str, whence: str) -> str:
    """Return a run's own log with another one behind it, under a line that says whence."""
    if not (own and other):
        return own or other
    return f"{own.rstrip()}\n{_head(whence)}{other}"


def _head(whence: str) -> str:
    return f"--- {whence} ---\n"
