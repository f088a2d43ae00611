"""The log that knows every error by the id a person was told."""

from __future__ import annotations

import os
import stat
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

from scicot.adapters.clock import utc_now
from scicot.pure.secrets import hide_secrets

LOG_BYTES = 1_000_000


def write_error(
    home: Path | None, error_id: str, error: BaseException, secrets: Iterable[str] = ()
) -> Path | None:
    """Write the error with its traceback under its id, and return the file it stands in.

    A home that cannot be written to has its log in the system's folder for temporary files; None
    when that is closed too. The secrets stand in neither: a library's error may repeat them.
    """
    said = hide_secrets("".join(traceback.format_exception(error)), secrets)
    entry = f"{utc_now().isoformat()} error {error_id}: {type(error).__name__}\n{said}\n"
    for path in _places(home):
        try:
            _append(path, entry.encode("utf-8", "backslashreplace"))
            return path
        except OSError:
            continue
    return None


def _places(home: Path | None) -> Iterator[Path]:
    if home is not None:
        yield home / "logs" / "errors.log"
    try:
        # on a disk that is full there is no folder for temporary files either
        yield Path(tempfile.gettempdir()) / f"scicot-errors-{os.getuid()}.log"
    except OSError:
        return


def _append(path: Path, entry: bytes) -> None:
    if path.parent.name == "logs":
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    # never through a link, and nothing that waits: the folder for temporary files is open to all
    flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o600)
    try:
        there = os.fstat(descriptor)
        is_own = path.parent.name == "logs" or there.st_uid == os.geteuid()
        if not (stat.S_ISREG(there.st_mode) and is_own):
            raise PermissionError(f"{path.name} is no file of ours")
        if os.write(descriptor, entry) < len(entry):
            raise OSError("half an entry was written")
    finally:
        os.close(descriptor)
