"""What the sidebar says of a dataset on every page: few counts, each from an index."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import QuestionRow, RationaleRow
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.records import APPROVED, RationaleStatus


@dataclass(frozen=True, slots=True)
class Context:
    """How much of a dataset there is, and how much of it waits to be read."""

    questions: int
    approved: int
    unreviewed: int


def count_context(session: Session, dataset: str) -> Context:
    """Return the counts of one dataset; raises NotFound."""
    dataset_id = find_dataset_id(session, dataset)
    questions = session.scalar(
        select(func.count(QuestionRow.id)).where(QuestionRow.dataset_id == dataset_id)
    )
    by_status = dict(
        session.execute(
            select(RationaleRow.status, func.count())
            .where(RationaleRow.dataset_id == dataset_id)
            .group_by(RationaleRow.status)
        ).all()
    )
    return Context(
        questions=questions or 0,
        approved=sum(by_status.get(status, 0) for status in APPROVED),
        unreviewed=by_status.get(RationaleStatus.UNREVIEWED, 0),
    )
