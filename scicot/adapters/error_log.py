"""The log that knows every error by the id a person was told."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

from scicot.adapters.clock import utc_now

LOG_BYTES = 1_000_000


def write_error(home: Path | None, error_id: str, error: BaseException) -> Path | None:
    """Write the error with its traceback under its id, and return the file it stands in.

    A home that cannot be written to has its log in the system's folder for temporary files; None
    when that is closed too.
    """
    for folder in (home / "logs" if home else None, Path(tempfile.gettempdir())):
        if folder is None:
            continue
        own = folder.name == "logs"
        path = folder / ("errors.log" if own else f"scicot-errors-{os.getuid()}.log")
        try:
            if own:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, error_id, error)
            return path
        except OSError:
            continue
    return None


def _write(path: Path, error_id: str, error: BaseException) -> None:
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    lines = "".join(traceback.format_exception(error))
    entry = f"{utc_now().isoformat()} error {error_id}: {type(error).__name__}\n{lines}\n"
    # never through a link: the folder for temporary files is open to all
    flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    try:
        os.write(descriptor, entry.encode("utf-8", "backslashreplace"))
    finally:
        os.close(descriptor)
