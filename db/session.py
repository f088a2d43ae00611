"""Engines and sessions: SQLite set up for many readers and one writer, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scicot.words.errors import DatabaseBusy, InvalidInput
from scicot.words.patterns import SECONDS_A_TEXT, TOO_SLOW

BUSY_TIMEOUT_MS = 10_000


@lru_cache(maxsize=8)
def get_engine(url: str) -> Engine:
    """Return the engine of this URL, one per process; a SQLite file's folder is made."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _name_slow_pattern)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
    connection.create_function("regexp", 2, _matches, deterministic=True)


def _matches(pattern: str, text: str | None) -> bool | None:
    """Answer SQLite's REGEXP; the dialect's own would let a bad pattern run for hours."""
    return None if text is None else bool(regex.search(pattern, text, timeout=SECONDS_A_TEXT))


def _name_slow_pattern(context: ExceptionContext) -> None:
    if "user-defined function raised" in str(context.original_exception):
        raise InvalidInput(TOO_SLOW) from context.original_exception


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: upgrading a read lock later can fail whatever the timeout.
    mode = "IMMEDIATE" if connection.get_execution_options().get("scicot_write") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def open_session(url: str) -> Iterator[Session]:
    """Yield a session on the database at this URL and close it afterwards."""
    with Session(get_engine(url), expire_on_commit=False) as session:
        yield session


@contextmanager
def write(session: Session) -> Iterator[Session]:
    """Run the block as one short writing transaction: committed whole, or rolled back.

    Objects read earlier in the session are read afresh inside. Raises DatabaseBusy when another
    writer keeps the database longer than the busy timeout.
    """
    if session.in_transaction():
        session.commit()  # ends the read that came before; a deferred lock must not be upgraded
    session.expire_all()
    try:
        session.connection(execution_options={"scicot_write": True})
        yield session
        session.commit()
    except OperationalError as error:
        session.rollback()
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            raise DatabaseBusy(
                "The database is busy with another writer; nothing was written. Try again."
            ) from error
        raise
    except BaseException:
        session.rollback()
        raise
