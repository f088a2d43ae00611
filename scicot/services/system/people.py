"""People: who may do what, who has done what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import DeedRow, PersonRow, ReviewRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.people import LONGEST_NAME, Action, address_of, needs, require
from scicot.words.records import Actor, Role, Verdict
from scicot.words.settings import Settings

_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    email: str
    role: Role
    given_by: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the log."""

    at: datetime
    actor: str
    role: Role
    action: str
    what: str


def find_role(session: Session, settings: Settings, email: str) -> Role | None:
    """Return the role of an e-mail address as it is now, None for somebody unknown.

    The first administrator is a setting, so that there is somebody to give the others theirs.
    """
    email = address_of(email)
    if email and email == address_of(settings.first_admin):
        return Role.ADMIN
    return session.scalar(select(PersonRow.role).where(PersonRow.email == email))


def list_people(session: Session) -> list[Person]:
    """Return everybody who has a role, by address."""
    rows = session.scalars(select(PersonRow).order_by(PersonRow.email))
    return [Person(row.email, row.role, row.given_by, row.given_at) for row in rows]


@needs(Action.SET_ROLE)
def set_role(session: Session, actor: Actor, email: str, role: Role | None) -> None:
    """Give an address a role, or take it away; it holds from the person's next action on."""
    email = address_of(email)
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST_NAME:
        raise InvalidInput(f"'{email[:60]}' is no e-mail address. Write it like ada@example.org.")
    with write(session):
        row = session.scalar(select(PersonRow).where(PersonRow.email == email))
        if role is not Role.ADMIN and address_of(actor.name) == email:
            _refuse_leaving_nobody(session, email)
        if role is None:
            if row is None:
                raise NotFound(f"{email} has no role that could be taken away.")
            session.delete(row)
        elif row is None:
            session.add(PersonRow(email=email, role=role, given_by=actor.name, given_at=utc_now()))
        else:
            row.role, row.given_by, row.given_at = role, actor.name, utc_now()


def _refuse_leaving_nobody(session: Session, email: str) -> None:
    """Raise Conflict where the only administrator would take that role from themselves."""
    admins = list(session.scalars(select(PersonRow.email).where(PersonRow.role == Role.ADMIN)))
    if admins == [email]:
        raise Conflict(
            "You are the only administrator here. Give somebody else that role first, then have "
            "them take yours."
        )


def list_deeds(session: Session, actor: Actor, limit: int = 500) -> list[Deed]:
    """Return who did what, the newest first; for administrators."""
    require(actor, Action.SEE_LOG)
    rows = session.scalars(select(DeedRow).order_by(DeedRow.id.desc()).limit(limit))
    return [Deed(row.at, row.actor, row.role, row.action, row.what) for row in rows]


@dataclass(frozen=True, slots=True)
class PersonActivity:
    """One name's decisions that stand, by verdict, and the runs it started."""

    name: str
    decisions: dict[str, int]
    runs: int
    last_decision_at: datetime | None


def list_activity(session: Session) -> list[PersonActivity]:
    """Return each name that has reviewed or started something, sorted."""
    verdicts: dict[str, dict[str, int]] = {}
    last: dict[str, datetime] = {}
    rows = session.execute(
        select(ReviewRow.reviewer, ReviewRow.verdict, func.count(), func.max(ReviewRow.created_at))
        .where(ReviewRow.undone_at.is_(None))
        .group_by(ReviewRow.reviewer, ReviewRow.verdict)
    )
    for name, verdict, count, latest in rows:
        verdicts.setdefault(name, {})[verdict.value] = count
        last[name] = max(latest, last.get(name, latest))
    runs = dict(session.execute(select(RunRow.actor, func.count()).group_by(RunRow.actor)).all())
    return [
        PersonActivity(
            name=name,
            decisions={
                verdict.value: verdicts.get(name, {}).get(verdict, 0) for verdict in Verdict
            },
            runs=runs.get(name, 0),
            last_decision_at=last.get(name),
        )
        for name in sorted(verdicts.keys() | runs.keys())
    ]
