"""Rows of the database as lines of JSON, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Table, insert
from sqlalchemy.orm import Session

from db.base import Base, UtcDateTime
from scicot.adapters import parcel_folders

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
    """Return the rows of a JSONL file as this table takes them."""
    moments = [
        column.name for column in table_of(kind).columns if isinstance(column.type, UtcDateTime)
    ]
    rows = []
    for row in parcel_folders.read_lines(path):
        for name in moments:
            if row.get(name) is not None:
                row[name] = datetime.fromisoformat(row[name])
        rows.append(row)
    return rows


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
