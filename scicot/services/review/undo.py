"""The way back: verdicts undone without limit, and older texts restored; history only grows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.models import RationaleRow, ReviewRow, RevisionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.rationales.checks import rate_text
from scicot.services.rationales.revisions import append_revision
from scicot.services.review.leases import other_reader
from scicot.services.review.second_readings import retract_reading
from scicot.services.review.verdicts import (
    Decision,
    lock_rationale,
    refuse_overriding,
    refuse_stale,
    revision_after,
    standing,
    to_decision,
)
from scicot.words.errors import Conflict, NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Cause, RationaleStatus


@needs(Action.UNDO)
def undo(
    session: Session,
    actor: Actor,
    operation_id: str | None = None,
    *,
    undo_id: str | None = None,
) -> list[Decision]:
    """Take back one verdict, or the actor's newest that still stands, and say what it touched.

    A verdict of a batch, named by its operation id, takes the whole batch back; so does one that
    passed other samples over. Text goes back by
    a new revision: history is never rewritten. The same `undo_id` again takes nothing more back.
    An empty list means there is nothing left to take back. Raises Conflict when `operation_id`
    names a verdict that something newer builds upon, or when somebody else reads the rationale
    now; of a batch, such ones are left as they are.
    """
    now = utc_now()
    with write(session):
        done = _undone_by(session, undo_id)
        if done:
            return [standing(session, row.rationale_id, repeated=True) for row in done]
        review = _find_review(session, actor, operation_id)
        if review is None:
            return []
        batch = [review]
        if review.batch_id == review.operation_id and not _stands(session, review):
            batch = []  # what it passed over stays so while a sample is taken
        elif review.batch_id is not None:
            batch = list(
                session.scalars(
                    select(ReviewRow)
                    .where(ReviewRow.batch_id == review.batch_id, ReviewRow.undone_at.is_(None))
                    .order_by(ReviewRow.id)
                )
            )
        free = [row for row in batch if other_reader(session, actor, row.rationale_id) is None]
        if batch and not free:
            reader = other_reader(session, actor, review.rationale_id)
            raise Conflict(
                f"{reader} is reading rationale {review.rationale_id} now. Nothing was taken back; "
                "try again when they are done."
            )
        taken = [
            _take_back(session, actor, row, now, undo_id) for row in free if _stands(session, row)
        ]
        if not taken:
            raise Conflict(
                f"Rationale {review.rationale_id} was changed after this verdict, so it cannot be "
                "undone. Decide on the newer text, or restore a revision from its history."
            )
        return taken


def _find_review(session: Session, actor: Actor, operation_id: str | None) -> ReviewRow | None:
    mine = select(ReviewRow).where(ReviewRow.reviewer == actor.name, ReviewRow.undone_at.is_(None))
    if operation_id is not None:
        return session.scalar(mine.where(ReviewRow.operation_id == operation_id))
    # a batch is taken back where it was made, never by one press too many; samples passed over
    # go with the verdict that did it
    pressed = ReviewRow.batch_id.is_(None) | (ReviewRow.batch_id == ReviewRow.operation_id)
    single = mine.where(pressed).order_by(ReviewRow.id.desc())
    with session.scalars(single.execution_options(yield_per=20)) as reviews:
        return next((review for review in reviews if _stands(session, review)), None)


def _stands(session: Session, review: ReviewRow) -> bool:
    """Return whether nothing newer builds upon this verdict: neither a verdict nor a text."""
    later = aliased(ReviewRow)
    newer = session.scalar(
        select(later.id)
        .where(
            later.rationale_id == review.rationale_id,
            later.id > review.id,
            later.undone_at.is_(None),
        )
        .limit(1)
    )
    rationale = session.get_one(RationaleRow, review.rationale_id)
    current = session.get_one(RevisionRow, rationale.revision_id)
    return newer is None and current.text == _text_after(session, review)


def _text_after(session: Session, review: ReviewRow) -> str:
    written = session.scalar(
        select(RevisionRow.text).where(RevisionRow.operation_id == review.operation_id)
    )
    return session.get_one(RevisionRow, review.revision_id).text if written is None else written


def _undone_by(session: Session, undo_id: str | None) -> list[ReviewRow]:
    if undo_id is None:
        return []
    undone = select(ReviewRow).where(ReviewRow.undo_operation_id == undo_id)
    return list(session.scalars(undone.order_by(ReviewRow.id)))


def _take_back(
    session: Session, actor: Actor, review: ReviewRow, now: datetime, undo_id: str | None
) -> Decision:
    rationale = lock_rationale(session, review.rationale_id)
    before = session.get_one(RevisionRow, review.revision_before_id)
    current = session.get_one(RevisionRow, rationale.revision_id)
    if current.text != before.text:
        append_revision(
            session,
            actor,
            rationale,
            text=before.text,
            cause=Cause.UNDONE,
            operation_id=f"undo-{review.id}",
            now=now,
        )
        rate_text(session, rationale, before.text)
    rationale.status = review.status_before
    review.undone_at = now
    review.undo_operation_id = undo_id
    retract_reading(session, review)
    return to_decision(rationale)


@needs(Action.RESTORE_TEXT)
def restore_revision(
    session: Session,
    actor: Actor,
    rationale_id: int,
    revision_id: int,
    *,
    current_revision_id: int,
    seen: RationaleStatus,
    operation_id: str,
) -> Decision:
    """Bring an older text back as a new revision, and return where the rationale stands.

    An accepted rationale becomes an edited one, since its text is another now. The same operation
    id again changes nothing. Raises StaleRevision when the current text is not the one seen, and
    DecidedMeanwhile when somebody else has decided since, or is reading it now.
    """
    with write(session):
        if revision_after(session, operation_id) is not None:
            return standing(session, rationale_id, repeated=True)
        rationale = lock_rationale(session, rationale_id)
        old = session.get(RevisionRow, revision_id)
        if old is None or old.rationale_id != rationale_id:
            raise NotFound(f"Rationale {rationale_id} has no revision {revision_id}. Reload.")
        current = refuse_stale(session, rationale, current_revision_id, submitted=old.text)
        refuse_overriding(session, actor, rationale, seen)
        if old.text == current.text:
            return to_decision(rationale)
        append_revision(
            session,
            actor,
            rationale,
            text=old.text,
            cause=Cause.RESTORED,
            operation_id=operation_id,
            now=utc_now(),
        )
        rate_text(session, rationale, old.text)
        if rationale.status is RationaleStatus.ACCEPTED:
            rationale.status = RationaleStatus.EDITED
        return to_decision(rationale)
