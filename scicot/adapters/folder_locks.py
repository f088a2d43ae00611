"""A folder that one process works in: by the system's lock, or by a file where there is none.

Lustre and NFS are often mounted without locks. A file that names its holder, made exclusively and
written anew every few seconds, stands for one there: who finds it waits whether it is.
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from scicot.adapters.atomic_files import write_atomically
from scicot.words.errors import Conflict, SciCotError
from scicot.words.storage import storage_error

HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES)
NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)
BEAT_SECONDS = 5.0
SILENT_SECONDS = 30.0  # after which a holder on another machine is taken for gone
LOOK_SECONDS = 0.5
log = logging.getLogger(__name__)


@contextmanager
def locked_folder(folder: Path) -> Iterator[bool]:
    """Hold a folder, made if need be, for this process; yield whether its disk can lock files.

    Raises Conflict while another process has it, StorageError where it cannot be asked for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in HELD:
                raise _held(folder) from error
            if error.errno not in NO_LOCKS:
                raise storage_error(error, str(folder / "lock")) from error
            reason = error.strerror
        else:
            yield True
            return
    log.warning(
        "The disk of %s has no locks (flock: %s). The file lock.holder stands for one.",
        folder,
        reason,
    )
    with _held_by_file(folder / "lock.holder"):
        yield False


def _held(folder: Path, by: str = "") -> Conflict:
    return Conflict(
        f"Another process works in {folder}{by}. Wait for it, or name another --folder."
    )


@contextmanager
def _held_by_file(path: Path) -> Iterator[None]:
    own = {"host": socket.gethostname(), "pid": os.getpid(), "token": uuid.uuid4().hex}
    own["started"] = psutil.Process().create_time()
    _claim(path, json.dumps(own))
    over = threading.Event()

    def beat() -> None:
        beats = 0
        while not over.wait(BEAT_SECONDS):
            beats += 1
            with suppress(OSError, SciCotError):  # a share that is away: the next beat tries again
                if _token(_read(path)) != own["token"]:
                    log.error("Another process has taken %s: end one of the two.", path)
                    return
                write_atomically(path, json.dumps(own | {"beats": beats}).encode())

    thread = threading.Thread(target=beat, daemon=True, name="folder-lock")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with suppress(OSError):
            if _token(_read(path)) == own["token"]:
                path.unlink()


def _claim(path: Path, said: str) -> None:
    """Make the holder's file; raises Conflict where another holder lives."""
    for _ in range(3):  # somebody else may be quicker
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(said)
                file.flush()
                os.fsync(file.fileno())
            return
        except FileExistsError:
            found = _read(path)
        except OSError as error:
            raise storage_error(error, str(path)) from error
        if found and _lives(path, found):
            break
        aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        with suppress(FileNotFoundError):
            path.rename(aside)
            if _token(_read(aside)) != _token(found):  # another's, who was quicker
                aside.rename(path)
                break
            aside.unlink()
    raise _held(path.parent, _who(_read(path)))


def _lives(path: Path, found: str) -> bool:
    """Return whether a holder lives: by its process here, by its beats on another machine."""
    holder = _parse(found)
    if holder.get("host") == socket.gethostname():
        try:
            began = psutil.Process(int(str(holder["pid"]))).create_time()
            return bool(abs(began - float(str(holder["started"]))) < 1)
        except (psutil.Error, KeyError, ValueError):
            return False
    give_up = time.monotonic() + SILENT_SECONDS
    while time.monotonic() < give_up:
        time.sleep(LOOK_SECONDS)
        if _read(path) != found:
            return True
    return False


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _parse(said: str) -> dict[str, object]:
    try:
        holder = json.loads(said)
    except ValueError:  # half written
        return {}
    return holder if isinstance(holder, dict) else {}


def _token(said: str) -> object:
    return _parse(said).get("token")


def _who(said: str) -> str:
    holder = _parse(said)
    return f" ({holder.get('host')}, process {holder.get('pid')})" if holder else ""
