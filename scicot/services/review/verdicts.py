"""Reviews: one verdict at a time, each on the revision that was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RationaleRow, ReviewRow, RevisionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.hashing import content_hash
from scicot.services.rationales.checks import rate_text
from scicot.services.rationales.revisions import append_revision
from scicot.services.review.drafts import delete_draft
from scicot.services.review.leases import other_reader, release_lease
from scicot.services.review.samples import has_samples, samples_beside
from scicot.services.review.second_readings import note_first_reading
from scicot.services.review.texts import check_mark, check_reason, check_text
from scicot.words.errors import Conflict, DecidedMeanwhile, NotFound, StaleRevision
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Cause, RationaleStatus, Verdict
from scicot.words.reviewing import GIVES_WAY, PASSED_OVER, STATUS_AFTER, TAKEN

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a rationale stands after a verdict or an undo.

    `repeated` is true when this operation id had been carried out before and nothing changed.
    """

    rationale_id: int
    revision_id: int
    status: RationaleStatus
    repeated: bool = False


@needs(Action.DECIDE)
def decide(
    session: Session,
    actor: Actor,
    rationale_id: int,
    revision_id: int,
    verdict: Verdict,
    text: str | None = None,
    reason: str | None = None,
    *,
    operation_id: str,
    seen: RationaleStatus = RationaleStatus.UNREVIEWED,
    also: bool = False,
    first_wrong: int | None = None,
) -> Decision:
    """Write one verdict on the revision that was read, and return where the rationale stands.

    A sample that is taken passes its question's unreviewed ones over: they are skipped, as one
    with it for undo. With `also` they stay, so that others can be taken beside it. The same
    operation id again changes nothing. An edit that leaves the text as it was is an accept.
    `seen` is the status that the reviewer was shown; `first_wrong` is the first wrong sentence of
    a text that is rejected, from 1.
    Raises StaleRevision, with both texts, when somebody changed the text meanwhile, and
    DecidedMeanwhile when somebody else has decided since, or is reading it now.
    """
    if verdict is Verdict.EDIT:
        check_text(text)
    check_reason(reason)
    now = utc_now()
    with write(session):
        done = session.scalar(select(ReviewRow).where(ReviewRow.operation_id == operation_id))
        if done is not None:
            if (done.rationale_id, done.reviewer) != (rationale_id, actor.name):
                raise Conflict(
                    "This press came under the name of another one. Nothing was written: reload "
                    "the page and press again."
                )
            return standing(session, done.rationale_id, repeated=True)
        rationale = lock_rationale(session, rationale_id)
        read = refuse_stale(session, rationale, revision_id, submitted=text)
        refuse_overriding(session, actor, rationale, seen)
        if verdict is Verdict.EDIT and text == read.text:
            verdict = Verdict.ACCEPT
        check_mark(verdict, read.text, first_wrong)
        passes = verdict in TAKEN and not also
        beside = samples_beside(session, rationale, GIVES_WAY) if passes else []
        batch_id = operation_id if beside else None
        _record(
            session,
            actor,
            rationale,
            verdict,
            reason,
            operation_id,
            now,
            batch_id,
            first_wrong=first_wrong,
        )
        if batch_id is not None:
            _pass_over(session, actor, beside, batch_id, now)
        note_first_reading(session, actor, rationale, verdict)
        rationale.status = STATUS_AFTER[verdict]
        if verdict is Verdict.EDIT and text is not None:
            append_revision(
                session,
                actor,
                rationale,
                text=text,
                cause=Cause.EDITED,
                operation_id=operation_id,
                now=now,
            )
            rate_text(session, rationale, text)
        delete_draft(session, actor, rationale_id)
        release_lease(session, actor, rationale_id)
        return to_decision(rationale)


def lock_rationale(session: Session, rationale_id: int) -> RationaleRow:
    """Return the rationale, locked until the transaction ends; raises NotFound."""
    row = session.get(RationaleRow, rationale_id, with_for_update=True)
    if row is None or row.revision_id is None:
        raise NotFound(f"There is no rationale {rationale_id}. Reload the page.")
    return row


def refuse_stale(
    session: Session, rationale: RationaleRow, revision_id: int, *, submitted: str | None
) -> RevisionRow:
    """Return the current revision if it says what was read; raises StaleRevision if not."""
    current = session.get_one(RevisionRow, rationale.revision_id)
    read = session.get(RevisionRow, revision_id)
    # an edit that was undone brings a new revision with the text that was read
    if read is not None and read.rationale_id == rationale.id and read.text == current.text:
        return current
    raise StaleRevision(
        f"Rationale {rationale.id} was changed by {current.author} while you read it. "
        "Nothing was written: compare both texts and decide again.",
        current_text=current.text,
        submitted_text=submitted if submitted is not None else (read.text if read else ""),
    )


def refuse_overriding(
    session: Session, actor: Actor, rationale: RationaleRow, seen: RationaleStatus
) -> None:
    """Raise DecidedMeanwhile when the reviewer does not know what somebody else did or does."""
    reader = other_reader(session, actor, rationale.id)
    if reader is not None:
        raise DecidedMeanwhile(
            f"{reader} is reading rationale {rationale.id} now: your ten minutes for it were over. "
            "Nothing was written; take another one."
        )
    if seen is rationale.status:
        return
    # one that was taken back counts too: it is no longer what the reviewer was shown
    last = session.scalar(
        select(ReviewRow)
        .where(ReviewRow.rationale_id == rationale.id)
        .order_by(ReviewRow.id.desc())
        .limit(1)
    )
    if last is not None and last.reviewer != actor.name:
        did = "decided" if last.undone_at is None else "taken a verdict back on"
        raise DecidedMeanwhile(
            f"{last.reviewer} has {did} rationale {rationale.id} since you opened it: it is "
            f"{rationale.status.value} now, not {seen.value}. Nothing was written; decide again if "
            "you see it otherwise."
        )


def _record(
    session: Session,
    actor: Actor,
    rationale: RationaleRow,
    verdict: Verdict,
    reason: str | None,
    operation_id: str,
    now: datetime,
    batch_id: str | None = None,
    *,
    first_wrong: int | None = None,
) -> None:
    session.add(
        ReviewRow(
            rationale_id=rationale.id,
            revision_id=rationale.revision_id,
            verdict=verdict,
            reason=reason,
            reviewer=actor.name,
            operation_id=operation_id,
            batch_id=batch_id,
            status_before=rationale.status,
            revision_before_id=rationale.revision_id,
            created_at=now,
            first_wrong=first_wrong,
        )
    )


def _pass_over(
    session: Session,
    actor: Actor,
    samples: Iterable[RationaleRow],
    batch_id: str,
    now: datetime,
) -> None:
    for sample in samples:
        operation_id = content_hash([batch_id, sample.id])
        _record(
            session, actor, sample, Verdict.SKIP, PASSED_OVER, operation_id, now, batch_id=batch_id
        )
        sample.status = RationaleStatus.SKIPPED
        release_lease(session, actor, sample.id)


def accept_in_batch(
    session: Session, actor: Actor, rationales: Iterable[RationaleRow], batch_id: str
) -> int:
    """Accept these rationales as one batch and return how many; inside `write(session)`.

    Of a question's samples the first is taken, the others are passed over.
    """
    now = utc_now()
    count = 0
    sampled = has_samples(session)
    for rationale in sorted(rationales, key=lambda item: (item.risk, item.id)):
        if rationale.status is not RationaleStatus.UNREVIEWED:
            continue  # passed over just now
        count += 1
        if sampled:
            beside = samples_beside(session, rationale, (RationaleStatus.UNREVIEWED,))
            _pass_over(session, actor, beside, batch_id, now)
        operation_id = f"{batch_id}-{rationale.id}"
        _record(
            session, actor, rationale, Verdict.ACCEPT, None, operation_id, now, batch_id=batch_id
        )
        rationale.status = RationaleStatus.ACCEPTED
    return count


def revision_after(session: Session, operation_id: str) -> int | None:
    """Return the revision that a verdict left behind; None when it was never carried out."""
    written = session.scalar(select(RevisionRow.id).where(RevisionRow.operation_id == operation_id))
    if written is not None:
        return written
    return session.scalar(
        select(ReviewRow.revision_id).where(ReviewRow.operation_id == operation_id)
    )


def standing(session: Session, rationale_id: int, *, repeated: bool = False) -> Decision:
    """Return where a rationale stands."""
    return to_decision(session.get_one(RationaleRow, rationale_id), repeated=repeated)


def to_decision(rationale: RationaleRow, *, repeated: bool = False) -> Decision:
    """Return a stored rationale's standing as the record."""
    assert rationale.revision_id is not None
    return Decision(rationale.id, rationale.revision_id, rationale.status, repeated)
