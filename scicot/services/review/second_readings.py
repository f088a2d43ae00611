"""Second readings: a share is judged twice, blind, and a third look settles what differs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RationaleRow, ReviewRow, SecondReadingRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.review.agreement import is_read_twice, measure_agreement, verdicts_agree
from scicot.pure.statistics import Agreement
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.review.leases import release_lease
from scicot.services.review.policies import second_share
from scicot.services.review.texts import check_reason
from scicot.words.errors import Conflict, InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Verdict


def note_first_reading(
    session: Session, actor: Actor, rationale: RationaleRow, verdict: Verdict
) -> None:
    """Note what a verdict means for second readings; inside `write(session)`.

    The first verdict on a rationale of the share opens its second reading; the first reader's
    change of mind replaces it; a verdict on a disagreement settles it.
    """
    if verdict is Verdict.SKIP:
        return
    reading = session.get(SecondReadingRow, rationale.id)
    if reading is None:
        if is_read_twice(rationale.id, second_share(session, rationale.dataset_id)):
            session.add(
                SecondReadingRow(
                    rationale_id=rationale.id,
                    dataset_id=rationale.dataset_id,
                    revision_id=rationale.revision_id,
                    first_reviewer=actor.name,
                    first_verdict=verdict,
                )
            )
    elif reading.agreed is False and reading.adjudicated_at is None:
        reading.adjudicator = actor.name
        reading.adjudicated_at = utc_now()
    elif reading.agreed is None and reading.first_reviewer == actor.name:
        reading.first_verdict = verdict
        reading.revision_id = rationale.revision_id or reading.revision_id


@needs(Action.READ_AGAIN)
def read_again(
    session: Session,
    actor: Actor,
    rationale_id: int,
    verdict: Verdict,
    reason: str | None = None,
    *,
    operation_id: str,
) -> bool | None:
    """Write the second verdict on what the first reader read, and return whether both agree.

    The rationale's status stays the first reader's until a disagreement is settled. The same
    operation id again changes nothing. Raises Conflict for one's own reading or one read already.
    """
    if verdict not in (Verdict.ACCEPT, Verdict.REJECT):
        raise InvalidInput("A second reading accepts or rejects. Choose one of the two.")
    check_reason(reason)
    with write(session):
        done = session.scalar(select(ReviewRow.id).where(ReviewRow.operation_id == operation_id))
        reading = session.get(SecondReadingRow, rationale_id, with_for_update=True)
        if done is not None:
            return reading.agreed if reading else None
        if reading is None or reading.second_verdict is not None:
            raise Conflict(f"Rationale {rationale_id} has had its second reading. Go on.")
        if reading.first_reviewer == actor.name:
            raise Conflict("You have read this one first: somebody else reads it again.")
        rationale = session.get_one(RationaleRow, rationale_id)
        session.add(
            ReviewRow(
                rationale_id=rationale_id,
                revision_id=reading.revision_id,
                verdict=verdict,
                reason=reason,
                reviewer=actor.name,
                operation_id=operation_id,
                status_before=rationale.status,
                revision_before_id=rationale.revision_id,
                created_at=utc_now(),
            )
        )
        reading.second_reviewer = actor.name
        reading.second_verdict = verdict
        reading.second_reason = reason
        reading.agreed = verdicts_agree(reading.first_verdict, verdict)
        release_lease(session, actor, rationale_id)
        return reading.agreed


def retract_reading(session: Session, review: ReviewRow) -> None:
    """Take out of the second reading what an undone verdict put in; inside `write(session)`."""
    reading = session.get(SecondReadingRow, review.rationale_id)
    if reading is None:
        return
    if reading.adjudicator == review.reviewer:
        reading.adjudicator = reading.adjudicated_at = None
    elif reading.second_reviewer == review.reviewer:
        reading.second_reviewer = reading.second_verdict = None
        reading.second_reason = reading.agreed = None
    elif reading.first_reviewer == review.reviewer and reading.second_verdict is None:
        session.delete(reading)


def agreement(session: Session, dataset: str) -> Agreement | None:
    """Return how well first and second readers of a dataset agree; None before any pair."""
    pairs = session.execute(
        select(SecondReadingRow.first_verdict, SecondReadingRow.second_verdict).where(
            SecondReadingRow.dataset_id == find_dataset_id(session, dataset),
            SecondReadingRow.agreed.is_not(None),
        )
    )
    return measure_agreement((first, second) for first, second in pairs if second is not None)
