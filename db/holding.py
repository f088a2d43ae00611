"""Holding a database still while another file is put in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import StaticPool, create_engine, select
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.orm import Session

from db.models import RunRow
from db.sqlite_file import BUSY_TIMEOUT_MS, name_error
from scicot.words.errors import DatabaseBusy

MAGIC = b"SQLite format 3\x00"


@contextmanager
def held(path: Path) -> Iterator[Session | None]:
    """Keep every writer of the file waiting, and yield a session on it; None if it is unreadable.

    Nothing of the file is changed: neither its journal mode nor its WAL. The connection is closed
    after the block only, when the file has its other name and SQLite leaves its sidecars alone.
    """
    if not _may_be_opened(path):
        yield None
        return
    shared = path.with_name(f"{path.name}-shm")
    before = shared.read_bytes() if shared.exists() else None
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT_MS / 1000,
        isolation_level=None,
    )
    inode = path.stat().st_ino
    session = None
    try:
        session = _session_if_readable(connection, path)
        yield session
    finally:
        if session is not None:
            session.close()
        connection.close()
        if session is None:
            _bring_back(path, inode, before)


def _may_be_opened(path: Path) -> bool:
    """Return whether opening the file leaves it as it is: SQLite tidies up beside a wreck."""
    if not path.exists() or path.with_name(f"{path.name}-journal").exists():
        return False  # a hot journal would be played back
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC  # beside an empty file a WAL is deleted


def _session_if_readable(connection: sqlite3.Connection, path: Path) -> Session | None:
    try:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("BEGIN IMMEDIATE")
        session = Session(
            create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        )
        session.execute(select(RunRow.id, RunRow.status)).all()
    except sqlite3.Error as error:
        if type(name_error(error, path)) is DatabaseBusy:  # not one that cannot be opened
            raise DatabaseBusy(
                "The database is busy with another writer, so nothing was restored. Try again."
            ) from error
        return None
    except DriverError:
        return None
    return session


def _bring_back(path: Path, inode: int, content: bytes | None) -> None:
    """Undo what looking did to the unreadable file's index of its WAL, wherever it lies now."""
    for file in path.parent.glob(f"{path.stem}*.db"):
        if file.stat().st_ino == inode:
            shared = file.with_name(f"{file.name}-shm")
            if content is None:
                shared.unlink(missing_ok=True)
            else:
                shared.write_bytes(content)
