"""The SQLite file behind a URL: how it is opened, whether it is still the same file, its damage.

Every connection remembers which file it opened. A restore puts another file in its place, and
whoever still holds the old one is told before anything is written to it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from db.restoring import finish_restore
from db.shared_folders import journal_mode, locking
from scicot.words.errors import (
    DatabaseAway,
    DatabaseBusy,
    DatabaseError,
    DatabaseUnusable,
    InvalidConfig,
    StorageError,
    StorageFull,
)

BUSY_TIMEOUT_MS = 10_000
PAGE = 4096
ROOM = 64 * 1024  # bytes: an index has 32 KiB for every 4,096 pages of the log
PRIMARY = 0xFF  # of an error's number; what lies above says more
Identity = tuple[int, int]


def parse_url(url: str) -> URL:
    """Return the parts of a database URL; raises InvalidConfig, which does not repeat it.

    A URL may hold a password.
    """
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InvalidConfig(
            "SCICOT_DATABASE_URL is no database URL. Write it like "
            "sqlite:////folder/scicot.db or postgresql+psycopg://user:password@host/name."
        ) from error


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite URL, None for another kind of database or one in memory."""
    if parse_url(url).get_backend_name() != "sqlite":
        return None
    # the whole rest is the path: a folder may well have a question mark in its name
    name = url.partition(":///")[2]
    return None if name in ("", ":memory:") else Path(name)


def say_where(url: str) -> str:
    """Return the database as messages name it: the file, or the URL without its password."""
    path = sqlite_path(url)
    return str(path) if path else parse_url(url).render_as_string(hide_password=True)


def identity(path: Path) -> Identity | None:
    """Return which file lies at the path now, None when there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def connect(path: Path, *, may_be_empty: bool = False) -> sqlite3.Connection:
    """Return a connection on a file that exists: it is never made, for an empty one looks good.

    A restore that was cut off half way is finished first. Raises DatabaseUnusable for a file that
    was emptied, into which SQLite would write a new beginning, unless it `may_be_empty`.
    """
    finish_restore(path)
    if not may_be_empty and path.exists() and not path.stat().st_size:
        raise damaged(path)
    if _may_be_killed(path):
        raise _full(path)
    vfs = f"&vfs={locking(path)}" if locking(path) else ""
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw{vfs}",
            uri=True,
            timeout=BUSY_TIMEOUT_MS / 1000,
            check_same_thread=False,
            isolation_level=None,  # the driver begins nothing by itself
        )
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute(f"PRAGMA journal_mode={journal_mode(path)}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
    except sqlite3.Error as error:
        raise name_error(error, path) or error from error
    return connection


def _may_be_killed(path: Path) -> bool:
    """Return whether this disk has no room for the index of the log, which is mapped into memory.

    SQLite makes sure of a block in each of its pages. Where blocks are smaller than pages, as on
    small disks, the system kills a process that writes to a page without room behind it.
    """
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_frsize < PAGE and disk.f_bavail * disk.f_frsize < ROOM


def _full(path: Path) -> StorageFull:
    return StorageFull(
        f"The disk of {path} is full; nothing was written. Make room, then try again."
    )


def name_error(error: BaseException, path: Path) -> DatabaseError | StorageError | None:
    """Return what SQLite's error means for the person, None when it is not about the file."""
    if not isinstance(error, sqlite3.Error):
        return None
    # by its number: the words of an error may be those of a text ("malformed JSON")
    code = getattr(error, "sqlite_errorcode", 0) & PRIMARY
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy(
            "The database is busy with another writer; nothing was written. Try again."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        note_damage(path, str(error))
        return damaged(path)
    if code == sqlite3.SQLITE_FULL:
        return _full(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StorageError(
            f"{path} is read-only; nothing was written. "
            "Give this account the right to write to the file and its folder."
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return DatabaseAway(  # its folder may come back: a share that was away, a disk mounted late
            f"The database at {path} cannot be opened. Look whether it is there and whether this "
            "account may read it and write beside it."
        )
    if code == sqlite3.SQLITE_IOERR:
        return StorageError(
            f"The disk of {path} did not do as asked; nothing was written. "
            "Look whether it is full or failing, then try again."
        )
    return None


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def note_damage(path: Path, said: str) -> None:
    """Remember for every process that this very file is damaged: it is only read from now on."""
    with suppress(OSError):  # a read-only disk keeps nobody from being told
        _mark(path).write_text(f"{identity(path)}\n{said}\n", encoding="utf-8")


def known_damage(path: Path) -> str | None:
    """Return what is wrong with the file that lies there, if that was found earlier."""
    mark = _mark(path)
    if not mark.exists():  # asked before every write
        return None
    which, _, said = mark.read_text(encoding="utf-8", errors="replace").partition("\n")
    return said.strip() if which == str(identity(path)) else None


def forget_damage(path: Path) -> None:
    """Take the mark away: the file was found whole, or another one lies there."""
    _mark(path).unlink(missing_ok=True)


def damaged(path: Path) -> DatabaseUnusable:
    """Return the sentence for a damaged file, with the newest good backup."""
    said = known_damage(path) or ""
    if "not a database" in said:
        what = "cannot be read: it is no SQLite file, or its beginning is damaged."
    elif not path.exists() or path.stat().st_size == 0:
        what = "is empty (0 bytes): what was in it is gone."
    else:
        what = "is damaged: it is only read, nothing is written."
    from db.copies import newest_good_backup

    backup = newest_good_backup(path)
    way_out = (
        f"Restore the newest good backup: python -m scicot restore {backup}"
        if backup
        else "No good backup is known; `python -m scicot restore PATH` takes one from elsewhere."
    )
    return DatabaseUnusable(f"The database at {path} {what} {way_out}")
