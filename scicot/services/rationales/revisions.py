"""Rationales and their revisions: stored once, appended to, never overwritten."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import QuestionRow, RationaleRow, RevisionRow
from db.rows import chunks
from scicot.adapters.clock import utc_now
from scicot.words.errors import NotFound
from scicot.words.records import Actor, Cause, Origin, RationaleStatus


def add_rationale(
    session: Session,
    actor: Actor,
    *,
    question_id: int,
    origin: Origin,
    source: str,
    text: str,
    cause: Cause,
    sample: int = 0,
    completion_id: int | None = None,
    status: RationaleStatus = RationaleStatus.UNREVIEWED,
    operation_id: str,
) -> int | None:
    """Add a rationale with its first revision and return its id, or None if it is there already.

    To be called inside the caller's `write(session)`, so that it commits with what caused it.
    """
    there = session.scalar(
        select(RationaleRow.id).where(
            RationaleRow.question_id == question_id,
            RationaleRow.origin == origin,
            RationaleRow.source == source,
            RationaleRow.sample == sample,
        )
    )
    if there is not None:
        return None
    dataset_id = session.scalar(select(QuestionRow.dataset_id).where(QuestionRow.id == question_id))
    now = utc_now()
    rationale = RationaleRow(
        question_id=question_id,
        dataset_id=dataset_id,
        origin=origin,
        source=source,
        sample=sample,
        completion_id=completion_id,
        status=status,
        created_at=now,
    )
    session.add(rationale)
    session.flush()
    append_revision(
        session, actor, rationale, text=text, cause=cause, operation_id=operation_id, now=now
    )
    return rationale.id


@dataclass(frozen=True, slots=True)
class NewRationale:
    """A text for a question, as its source's sample of this number."""

    question_id: int
    text: str
    sample: int


def add_rationales(
    session: Session,
    actor: Actor,
    new: Sequence[NewRationale],
    *,
    origin: Origin,
    source: str,
    status: RationaleStatus,
    import_id: int | None = None,
) -> list[int]:
    """Add many imported rationales with their first revisions and return their ids.

    To be called inside the caller's `write(session)`, with none that is there already.
    """
    now = utc_now()
    datasets: dict[int, int] = {}
    for some in chunks([rationale.question_id for rationale in new]):
        query = select(QuestionRow.id, QuestionRow.dataset_id).where(QuestionRow.id.in_(some))
        datasets |= dict(session.execute(query).all())
    rows = [
        RationaleRow(
            question_id=rationale.question_id,
            dataset_id=datasets[rationale.question_id],
            origin=origin,
            source=source,
            sample=rationale.sample,
            status=status,
            import_id=import_id,
            length=len(rationale.text),
            created_at=now,
        )
        for rationale in new
    ]
    session.add_all(rows)
    session.flush()
    revisions = [
        RevisionRow(
            rationale_id=row.id,
            number=1,
            text=rationale.text,
            author=actor.name,
            cause=Cause.IMPORTED,
            operation_id=uuid.uuid4().hex,
            created_at=now,
        )
        for row, rationale in zip(rows, new, strict=True)
    ]
    session.add_all(revisions)
    session.flush()
    for row, revision in zip(rows, revisions, strict=True):
        row.revision_id = revision.id
    session.flush()
    return [row.id for row in rows]


def append_revision(
    session: Session,
    actor: Actor,
    rationale: RationaleRow,
    *,
    text: str,
    cause: Cause,
    operation_id: str,
    now: datetime,
) -> RevisionRow:
    """Append a revision to a rationale and make it the current one; inside `write(session)`."""
    number = 1
    if rationale.revision_id is not None:
        current = session.get_one(RevisionRow, rationale.revision_id)
        number = current.number + 1
    revision = RevisionRow(
        rationale_id=rationale.id,
        number=number,
        text=text,
        author=actor.name,
        cause=cause,
        operation_id=operation_id,
        created_at=now,
    )
    session.add(revision)
    session.flush()
    rationale.revision_id = revision.id
    rationale.length = len(text)
    return revision


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a rationale's text: by whom, when and why."""

    id: int
    number: int
    text: str
    author: str
    cause: Cause
    created_at: datetime


def list_revisions(session: Session, rationale_id: int) -> list[Revision]:
    """Return the versions of a rationale's text, the oldest first; raises NotFound."""
    rows = session.scalars(
        select(RevisionRow)
        .where(RevisionRow.rationale_id == rationale_id)
        .order_by(RevisionRow.number)
    )
    revisions = [
        Revision(row.id, row.number, row.text, row.author, row.cause, row.created_at)
        for row in rows
    ]
    if not revisions:
        raise NotFound(f"There is no rationale {rationale_id}. Open the queue instead.")
    return revisions
