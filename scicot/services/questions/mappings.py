"""Mappings of columns to fields, remembered by name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import LayoutRow
from scicot.adapters.clock import utc_now
from scicot.pure.questions.layouts import NAMES
from scicot.words.errors import InvalidInput, NotFound
from scicot.words.records import Actor


def list_mappings(session: Session) -> dict[str, Mapping[str, str]]:
    """Return the remembered mappings by name."""
    rows = session.scalars(select(LayoutRow).order_by(LayoutRow.name))
    return {row.name: dict(row.columns) for row in rows}


def find_mapping(session: Session, name: str) -> Mapping[str, str]:
    """Return a remembered mapping; raises NotFound with the names there are."""
    row = session.scalar(select(LayoutRow).where(LayoutRow.name == name))
    if row is None:
        known = ", ".join([*NAMES, *list_mappings(session)])
        raise NotFound(f"There is no layout '{name}'. There are: {known}.")
    return dict(row.columns)


def remember_mapping(session: Session, actor: Actor, name: str, mapping: Mapping[str, str]) -> None:
    """Keep a mapping under a name; inside the caller's `write(session)`.

    Raises InvalidInput for the name of a layout that is built in.
    """
    if name in NAMES:
        raise InvalidInput(f"'{name}' is a layout of its own. Remember the mapping otherwise.")
    row = session.scalar(select(LayoutRow).where(LayoutRow.name == name))
    if row is None:
        session.add(
            LayoutRow(name=name, columns=dict(mapping), actor=actor.name, created_at=utc_now())
        )
    else:
        row.columns = dict(mapping)
