"""Leases: which reviewer is reading which rationale now, so that two do not read the same one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from db.models import LeaseRow, RationaleRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.words.people import Action, needs
from scicot.words.records import Actor

LEASE_LASTS = timedelta(minutes=10)
RENEW_BELOW = timedelta(minutes=5)
CLOCKS_DIFFER = timedelta(minutes=2)  # at most, between machines that share a database


@needs(Action.LEASE)
def take_leases(session: Session, actor: Actor, rationale_ids: Sequence[int]) -> set[int]:
    """Lease what nobody else is reading and return which of the ids the actor now holds.

    A lease that has expired is anybody's. Leases with time left are kept as they are, so that a
    page drawn again writes nothing.
    """
    now = utc_now()
    held = dict(
        session.execute(
            select(LeaseRow.rationale_id, LeaseRow.expires_at).where(
                LeaseRow.rationale_id.in_(rationale_ids), LeaseRow.reviewer == actor.name
            )
        ).all()
    )
    if all(
        rationale_id in held and held[rationale_id] > now + RENEW_BELOW
        for rationale_id in rationale_ids
    ):
        return set(rationale_ids)
    with write(session):
        session.execute(
            delete(LeaseRow).where(
                LeaseRow.rationale_id.in_(rationale_ids),
                or_(~_holds(now), LeaseRow.reviewer == actor.name),
            )
        )
        others = set(
            session.scalars(
                select(LeaseRow.rationale_id).where(LeaseRow.rationale_id.in_(rationale_ids))
            )
        )
        taken = [rationale_id for rationale_id in rationale_ids if rationale_id not in others]
        if taken:
            session.execute(
                LeaseRow.__table__.insert(),  # type: ignore[attr-defined]
                [
                    {
                        "rationale_id": rationale_id,
                        "reviewer": actor.name,
                        "expires_at": now + LEASE_LASTS,
                    }
                    for rationale_id in taken
                ],
            )
    return set(taken)


def _holds(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a lease holds; one that lasts too long is by a clock put back."""
    return LeaseRow.expires_at.between(now, now + LEASE_LASTS + CLOCKS_DIFFER)


def other_reader(session: Session, actor: Actor, rationale_id: int) -> str | None:
    """Return who else holds the rationale's lease now, None when nobody does."""
    return session.scalar(
        select(LeaseRow.reviewer).where(
            LeaseRow.rationale_id == rationale_id,
            LeaseRow.reviewer != actor.name,
            _holds(utc_now()),
        )
    )


def read_by_another(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody else holds the lease of a rationale now."""
    return exists().where(
        LeaseRow.rationale_id == RationaleRow.id,
        LeaseRow.reviewer != actor.name,
        _holds(utc_now()),
    )


def release_lease(session: Session, actor: Actor, rationale_id: int) -> None:
    """Give one lease back; inside `write(session)`."""
    session.execute(
        delete(LeaseRow).where(
            LeaseRow.rationale_id == rationale_id, LeaseRow.reviewer == actor.name
        )
    )


def release_all(session: Session, actor: Actor, *, except_for: Sequence[int] = ()) -> None:
    """Give back every lease of the actor but these: they moved to another queue or filter."""
    leftover = session.scalar(
        select(LeaseRow.rationale_id)
        .where(LeaseRow.reviewer == actor.name, LeaseRow.rationale_id.not_in(except_for))
        .limit(1)
    )
    if leftover is None:
        return
    with write(session):
        session.execute(
            delete(LeaseRow).where(
                LeaseRow.reviewer == actor.name, LeaseRow.rationale_id.not_in(except_for)
            )
        )
