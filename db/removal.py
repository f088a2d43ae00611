"""Rows and all that hangs on them: what would go, counted first, and its removal in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ForeignKey, Table, delete, select, tuple_, update
from sqlalchemy.orm import Session

from db.base import Base
from db.rows import chunks

Key = tuple[Any, ...]


@dataclass
class Removal:
    """The rows that go, by table and primary key, and the references that are emptied."""

    rows: dict[Table, set[Key]] = field(default_factory=dict)
    emptied: list[tuple[Column[Any], list[Any]]] = field(default_factory=list)

    def count(self, table: str) -> int:
        """Return how many rows of this table go."""
        return sum(len(keys) for known, keys in self.rows.items() if known.name == table)


def plan_removal(session: Session, row: type[Base], ids: Iterable[int]) -> Removal:
    """Return what goes with these rows: whatever cannot be without them, and so on.

    A reference that may be empty is emptied instead, and its row stays.
    """
    plan = Removal()
    table = row.__table__
    assert isinstance(table, Table)
    _add(session, plan, table, {(key,) for key in ids})
    return plan


def _add(session: Session, plan: Removal, table: Table, keys: set[Key]) -> None:
    known = plan.rows.setdefault(table, set())
    new = keys - known
    known |= new
    if not new:
        return
    for reference in _references_to(table):
        ids = [key[0] for key in new]  # what others refer to has one key
        if reference.parent.nullable:
            plan.emptied.append((reference.parent, ids))
            continue
        child = reference.parent.table
        assert isinstance(child, Table)
        found: set[Key] = set()
        for some in chunks(ids):
            query = select(*child.primary_key.columns).where(reference.parent.in_(some))
            found |= {tuple(row) for row in session.execute(query)}
        _add(session, plan, child, found)


def _references_to(table: Table) -> list[ForeignKey]:
    return [
        reference
        for other in Base.metadata.sorted_tables
        for reference in other.foreign_keys
        if reference.column.table is table
    ]


def remove(session: Session, plan: Removal) -> None:
    """Carry a plan out, inside `write(session)`: what hangs on others goes first."""
    for column, ids in plan.emptied:
        for some in chunks(ids):
            session.execute(
                update(column.table).where(column.in_(some)).values({column.name: None})
            )
    for table in reversed(Base.metadata.sorted_tables):
        keys = sorted(plan.rows.get(table, ()))
        columns = list(table.primary_key.columns)
        for some in chunks(keys, 200):
            session.execute(delete(table).where(tuple_(*columns).in_(some)))
    session.expire_all()
