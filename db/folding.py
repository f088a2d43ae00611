"""Texts looked for whatever their case, by the database itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func
from sqlalchemy.orm import Session


def casefold(text: str | None) -> str | None:
    """Return a text as SQLite's `casefold` gives it: its own `lower` knows ASCII alone."""
    return None if text is None else text.casefold()


def holds(session: Session, column: SQLColumnExpression[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a column holds this text somewhere, whatever the case of either.

    SQLite folds as Python does ("STRASSE" is in "Straße"); PostgreSQL as its `lower` does, and
    reads "ß" as "ss" too.
    """
    if session.get_bind().dialect.name == "sqlite":
        place: ColumnElement[Any] = func.instr(func.casefold(column), text.casefold())
    else:
        place = func.strpos(func.replace(func.lower(column), "ß", "ss"), text.casefold())
    return place > 0
