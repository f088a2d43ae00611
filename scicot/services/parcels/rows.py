"""Rows of the database as lines of JSON, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Select, Table, insert
from sqlalchemy.orm import Session

from db.base import Base, EnumText, UtcDateTime
from scicot.adapters import parcel_folders
from scicot.words.errors import InvalidParcel

_JSON = (dict, list)
Rows = Sequence[Mapping[str, Any]]


def table_of(row: type[Base]) -> Table:
    """Return the table behind a class of rows."""
    table = row.__table__
    assert isinstance(table, Table)
    return table


def read_rows(session: Session, query: Select[Any]) -> list[dict[str, Any]]:
    """Return what a query for whole tables' columns finds, one mapping a row."""
    return [dict(row._mapping) for row in session.execute(query)]


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as JSONL; moments in ISO with their zone."""
    parcel_folders.write_lines(path, rows, _say)


def _say(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a parcel")


def read_lines(path: Path, kind: type[Base]) -> list[dict[str, Any]]:
    """Return the rows of a JSONL file as this table takes them.

    Raises InvalidParcel for a row that it would not take: whoever made the parcel made its hashes.
    """
    columns = table_of(kind).columns
    rows: list[dict[str, Any]] = []
    try:
        for row in parcel_folders.read_lines(path):
            rows += [{name: _read_value(columns[name], row[name]) for name in row}]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidParcel(
            f"Row {len(rows) + 1} of {path.name} does not fit ({type(error).__name__}). "
            "Pack the run again, with the same version on both machines."
        ) from error
    return rows


def _read_value(column: Column[Any], value: Any) -> Any:
    """Return a column's value as it was packed; raises TypeError for one of another kind."""
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(column.type, EnumText):
        return column.type.members(value)
    wanted = _JSON if isinstance(column.type, JSON) else column.type.python_type
    is_number = wanted is float and type(value) is int
    if not (isinstance(value, wanted) or is_number) or (wanted is int and type(value) is bool):
        raise TypeError(f"{column.name} is a {type(value).__name__}")
    return value


def insert_rows(session: Session, kind: type[Base], rows: Rows) -> None:
    """Insert rows as they are, ids included; inside `write(session)`."""
    if rows:
        session.execute(insert(table_of(kind)), [dict(row) for row in rows])


def without_strangers(kind: type[Base], rows: Iterable[dict[str, Any]], known: set[str]) -> Rows:
    """Return the rows without their references to tables that do not travel along."""
    strange = [
        column.name
        for column in table_of(kind).columns
        for key in column.foreign_keys
        if key.column.table.name not in known
    ]
    return [row | dict.fromkeys(strange) for row in rows]
