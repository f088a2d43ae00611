"""Engines and sessions: SQLite set up for many readers and one writer, PostgreSQL by URL."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DataError, DisconnectionError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from db.bounds import refuse_long_texts
from db.folding import casefold
from db.models.people import DeedRow
from db.sqlite_file import (
    connect,
    damaged,
    identity,
    known_damage,
    name_error,
    parse_url,
    say_where,
    sqlite_path,
)
from scicot.words.errors import (
    DatabaseAway,
    DatabaseBusy,
    DatabaseUnusable,
    InvalidInput,
    SciCotError,
    StorageFull,
)
from scicot.words.patterns import SECONDS_A_QUERY, SECONDS_A_TEXT, TOO_SLOW
from scicot.words.storage import storage_error

# what the driver itself refuses to carry to a database, and what is said of it
NOT_STORABLE: dict[type[Exception], str] = {
    OverflowError: "A number is larger than any that is kept here. Check what was asked for.",
    UnicodeEncodeError: "A name or text holds bytes that are no text. Write it as UTF-8.",
}


# PostgreSQL's writers queue up at this lock, as SQLite's do at the file: what one has read stands
# until it has written. Each database has a lock of its own under the number.
WRITERS = 0x5C1C07
WRITER_WAITS = "10s"
TAKEN = {"55P03", "40P01", "40001"}  # SQLSTATE: a lock not to be had, a deadlock, a collision
NO_ROOM = "53100"
# the classes of what passes with time: connections, resources, an operator's stop
PASSING = ("08", "53", "57P")


@lru_cache(maxsize=8)
def get_engine(url: str) -> Engine:
    """Return the engine of this URL, one per process; a SQLite file's folder is made."""
    return make_engine(url)


def make_engine(url: str, *, may_be_empty: bool = False) -> Engine:
    """Return a new engine of this URL, which the caller disposes of.

    A SQLite file that is about to get its schema `may_be_empty`; any other one was emptied.
    """
    if parse_url(url).get_backend_name() != "sqlite":
        return _server_engine(url)
    path = sqlite_path(url)
    if path is None:
        return create_engine(url)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, f"the folder {path.parent}") from error
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        creator=lambda: connect(path, may_be_empty=may_be_empty),
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "checkout", _still_the_same)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _begin_query)
    event.listen(engine, "before_cursor_execute", refuse_long_texts)
    event.listen(engine, "handle_error", _name_error)
    return engine


def _server_engine(url: str) -> Engine:
    try:
        engine = create_engine(url, pool_pre_ping=True)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseUnusable(
            f"No driver is installed for {say_where(url)}. For PostgreSQL: pip install psycopg, "
            "and begin the URL with postgresql+psycopg://"
        ) from error
    event.listen(engine, "begin", _queue_up)
    event.listen(engine, "before_cursor_execute", refuse_long_texts)
    event.listen(engine, "handle_error", _name_server_error)
    return engine


def _queue_up(connection: Connection) -> None:
    if connection.get_execution_options().get("scicot_write"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WRITER_WAITS}'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


def _file_of(engine: Engine) -> Path:
    assert engine.url.database is not None
    return Path(engine.url.database)


def _set_up(connection: Any, record: Any) -> None:
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    record.info["file"] = Path(path)
    record.info["identity"] = identity(Path(path))
    connection.create_function("regexp", 2, _matches, deterministic=True)
    connection.create_function("casefold", 1, casefold, deterministic=True)


def _still_the_same(_connection: Any, record: Any, _proxy: Any) -> None:
    # a restore has put another file there: the pool opens that one instead
    if identity(record.info["file"]) != record.info["identity"]:
        raise DisconnectionError("another file lies there")


def _matches(pattern: str, text: str | None) -> bool | None:
    """Answer SQLite's REGEXP; the dialect's own would let a bad pattern run for hours."""
    if text is None:
        return None
    left = SECONDS_A_QUERY - _spent.seconds
    if left <= 0:
        raise TimeoutError(TOO_SLOW)
    began = time.perf_counter()
    try:
        return bool(regex.search(pattern, text, timeout=min(SECONDS_A_TEXT, left)))
    finally:
        _spent.seconds += time.perf_counter() - began


class _Spent(threading.local):
    """What patterns have cost in the query that this thread is at."""

    seconds = 0.0


_spent = _Spent()


def _begin_query(*_of_the_query: Any) -> None:
    _spent.seconds = 0.0


def _name_error(context: ExceptionContext) -> None:
    if "user-defined function raised" in str(context.original_exception):
        raise InvalidInput(TOO_SLOW) from context.original_exception
    _name_not_storable(context)
    if context.engine is not None:
        named = name_error(context.original_exception, _file_of(context.engine))
        if named is not None:
            raise named from context.original_exception


def _name_not_storable(context: ExceptionContext) -> None:
    for kind, sentence in NOT_STORABLE.items():
        if isinstance(context.original_exception, kind):
            raise InvalidInput(sentence) from context.original_exception


def _name_server_error(context: ExceptionContext) -> None:
    _name_not_storable(context)
    if isinstance(context.sqlalchemy_exception, DataError):
        raise InvalidInput(
            "A number is larger, or a text holds other signs, than the database keeps. "
            "Check what was asked for."
        ) from context.original_exception
    if isinstance(context.sqlalchemy_exception, OperationalError) and context.engine is not None:
        where = context.engine.url.render_as_string(hide_password=True)
        raise _server_error(context, where) from context.original_exception


def _server_error(context: ExceptionContext, where: str) -> SciCotError:
    """Return the error that says what a server's refusal means; without a code it is not there."""
    code = getattr(context.original_exception, "sqlstate", None) or ""
    if code in TAKEN:
        return DatabaseBusy(
            f"The database at {where} is busy with another writer; nothing was written. Try again."
        )
    if code == NO_ROOM:
        return StorageFull(
            f"The disk of the database at {where} is full; nothing was written. Free some space "
            "there, then try again."
        )
    if context.is_disconnect or not code or code.startswith(PASSING):
        return DatabaseAway(
            f"The database at {where} does not answer. "
            "Look whether the server runs and lets this account in, then try again."
        )
    return DatabaseUnusable(
        f"The database at {where} does not do what was asked ({context.original_exception}). "
        "Look whether it is Sci-CoT's and whole."
    )


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: upgrading a read lock later can fail whatever the timeout.
    if not connection.get_execution_options().get("scicot_write"):
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    path = _file_of(connection.engine)
    if known_damage(path) is not None:
        raise damaged(path)
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    # looked at under the lock: a restore takes the same lock before it moves anything
    if identity(path) != connection.info["identity"]:
        connection.exec_driver_sql("ROLLBACK")
        raise DatabaseBusy("The database was restored just now; nothing was written. Try again.")


@contextmanager
def open_session(url: str) -> Iterator[Session]:
    """Yield a session on the database at this URL and close it afterwards."""
    with Session(get_engine(url), expire_on_commit=False) as session:
        yield session


def _note_deed(session: Session) -> None:
    """Write who did this beside it: an entry of the log stands or falls with the deed."""
    deed = session.info.get("deed")
    if deed is not None:  # once, however many transactions it takes
        session.info["deed"] = None
        actor, action, what = deed
        session.add(
            DeedRow(
                at=datetime.now(UTC),
                actor=actor.name,
                role=actor.role,
                action=action.value,
                what=what,
            )
        )


@contextmanager
def write(session: Session) -> Iterator[Session]:
    """Run the block as one short writing transaction: committed whole, or rolled back.

    Writers follow one another, on a server too, so that what the block reads stands until it has
    written. Objects read earlier in the session are read afresh inside. Raises DatabaseBusy when
    another writer keeps the database longer than the busy timeout, DatabaseUnusable when it is
    damaged.
    """
    if session.in_transaction():
        session.commit()  # ends the read that came before; a deferred lock must not be upgraded
    session.expire_all()
    try:
        session.connection(execution_options={"scicot_write": True})
        yield session
        _note_deed(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
