"""What writers of many rows share: chunks that a database takes, inserts that may meet a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Result
from sqlalchemy.orm import Session

from db.base import Base

T = TypeVar("T")
CHUNK = 500  # SQLite takes so many parameters, not any number


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Yield the values in order, at most `size` at a time: for `IN` and for short transactions."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def insert_or_keep(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; one whose key is taken is left as it is."""
    if rows:
        session.execute(_insert(session, table).on_conflict_do_nothing(), list(rows))


def insert_or_replace(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> None:
    """Insert the rows; one whose `keys` are taken gives that row its other values."""
    if rows:
        insert = _insert(session, table)
        changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
        statement = insert.on_conflict_do_update(index_elements=list(keys), set_=changed)
        session.execute(statement, list(rows))


def _insert(session: Session, table: type[Base]) -> Any:
    """Return the dialect's own insert: the standard's has no word for a conflict."""
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def changed_rows(result: Result[Any]) -> int:
    """Return how many rows an update or delete changed."""
    assert isinstance(result, CursorResult)  # what both return
    return result.rowcount
