"""Rows of one database brought into another: new numbers, and every reference follows its row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, CursorResult, Table, UniqueConstraint, insert, select, update
from sqlalchemy.orm import Session

from db.base import Base

# References without a foreign key: (table, column) -> the table whose rows they number.
LOOSE = {("rationale", "revision_id"): "revision", ("completion", "shared_with_id"): "completion"}
Numbers = dict[str, dict[Any, Any]]  # table -> the number of a row there -> its number here


def bring_rows(
    source: Session, target: Session, *, without: Collection[str], shared: Collection[str]
) -> Mapping[str, Mapping[int, int]]:
    """Write the source's rows into the target, inside `write(target)`, and return their numbers.

    Tables of `without` stay behind, and references to them are emptied. A row of a `shared` table
    that is there already, by its unique columns, stands for the source's.
    """
    numbers: Numbers = {}
    tables = [table for table in Base.metadata.sorted_tables if table.name not in without]
    for table in tables:
        numbers[table.name] = _bring(source, target, table, numbers, table.name in shared)
    for (name, column), referred in LOOSE.items():
        if name in numbers:
            _follow(source, target, Base.metadata.tables[name], column, numbers, referred)
    return numbers


def _bring(
    source: Session, target: Session, table: Table, numbers: Numbers, is_shared: bool
) -> dict[Any, Any]:
    own = {column.name for column in table.primary_key.columns if not column.foreign_keys}
    is_numbered = own == {"id"}
    brought: dict[Any, Any] = {}
    rows = source.execute(select(table).order_by(*table.primary_key.columns)).mappings()
    for row in rows:
        values = {
            column.name: _renumber(column, row[column.name], numbers) for column in table.columns
        }
        number = values.pop("id") if is_numbered else None
        there = _find_same(target, table, values) if is_shared else None
        if there is None:
            there = _insert(target, table, values)
        if is_numbered:
            brought[number] = there
    return brought


def _insert(target: Session, table: Table, values: Mapping[str, Any]) -> Any:
    result = target.execute(insert(table).values(values))
    assert isinstance(result, CursorResult)  # what an insert returns
    return result.inserted_primary_key[0] if result.inserted_primary_key else None


def _renumber(column: Column[Any], value: Any, numbers: Numbers) -> Any:
    """Return a reference as it is here; what refers to a table that stays behind is emptied."""
    for reference in column.foreign_keys:
        return numbers.get(reference.column.table.name, {}).get(value)
    return value


def _find_same(target: Session, table: Table, values: Mapping[str, Any]) -> Any:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            same = [column == values[column.name] for column in constraint.columns]
            found = target.scalar(select(table.c.id).where(*same))
            if found is not None:
                return found
    return None


def _follow(
    source: Session, target: Session, table: Table, column: str, numbers: Numbers, referred: str
) -> None:
    """Renumber references that could not be while their rows had no numbers yet."""
    rows = source.execute(select(table.c.id, table.c[column]).where(table.c[column].is_not(None)))
    for number, value in rows:
        target.execute(
            update(table)
            .where(table.c.id == numbers[table.name][number])
            .values({column: numbers[referred][value]})
        )
