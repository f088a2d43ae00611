"""What teachers turned out not to take: learned once, kept with its day, forgotten on request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import RefusalRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.teacher.call_parameters import known_refusals
from scicot.services.runs.context import RunContext
from scicot.words.errors import NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor
from scicot.words.teaching import Teacher


@dataclass(frozen=True, slots=True)
class LearnedRefusals:
    """The parameters that a teacher's server refused, and when it last did."""

    teacher: str
    parameters: tuple[str, ...]
    learned_at: datetime


def list_refusals(session: Session) -> list[LearnedRefusals]:
    """Return what was learned of every teacher, by name."""
    rows = session.scalars(select(RefusalRow).order_by(RefusalRow.teacher))
    return [LearnedRefusals(row.teacher, tuple(row.parameters), row.learned_at) for row in rows]


def refused_by(context: RunContext, teacher: Teacher) -> set[str]:
    """Return which of our parameters a teacher is known to refuse: learned, or by its name."""
    with context.session() as session:
        learned = session.scalar(
            select(RefusalRow.parameters).where(RefusalRow.teacher == teacher.name)
        )
    return known_refusals(teacher.model) if learned is None else set(learned)


def note_refusals(
    context: RunContext, teacher: Teacher, before: Collection[str], now: Collection[str]
) -> None:
    """Keep what a run's calls have taught, where they taught anything."""
    if set(now) == set(before):
        return
    with context.session() as session, write(session):
        row = session.scalar(select(RefusalRow).where(RefusalRow.teacher == teacher.name))
        if row is None:
            row = RefusalRow(teacher=teacher.name)
            session.add(row)
        row.parameters, row.learned_at = sorted(now), utc_now()


@needs(Action.FORGET_REFUSALS)
def forget_refusals(session: Session, actor: Actor, teacher: str) -> None:
    """Forget what was learned of a teacher, so that its next run sends everything again."""
    with write(session):
        gone = session.scalars(
            delete(RefusalRow).where(RefusalRow.teacher == teacher).returning(RefusalRow.id)
        ).all()
        if not gone:
            names = ", ".join(f"'{known.teacher}'" for known in list_refusals(session)) or "none"
            raise NotFound(
                f"Nothing was learned of a teacher '{teacher}' (there is: {names}). "
                "`teachers list` shows them."
            )
