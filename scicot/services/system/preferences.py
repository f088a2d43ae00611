"""What a person chose last, remembered in the database and not in a browser."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.models import PreferenceRow
from db.session import write


def recall(session: Session, person: str, name: str) -> str | None:
    """Return what the person chose last under this name, None where they never did."""
    row = session.get(PreferenceRow, (person, name))
    return row.value if row is not None and isinstance(row.value, str) else None


def remember(session: Session, person: str, name: str, value: str) -> None:
    """Keep the person's choice; the one before is forgotten."""
    if recall(session, person, name) == value:
        return
    with write(session):
        session.merge(PreferenceRow(person=person, name=name, value=value))
