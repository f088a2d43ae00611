"""The teacher's or human rationale that stands for a good one of a question."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow, RationaleRow, RevisionRow
from db.rows import chunks
from scicot.words.records import APPROVED, Origin, RationaleStatus, Variant

_RANK = case(
    (RationaleRow.status == RationaleStatus.EDITED, 0),
    (RationaleRow.status == RationaleStatus.ACCEPTED, 1),
    else_=2,
)


def list_references(
    session: Session, question_ids: Sequence[int], origin: str, *, only_reviewed: bool = False
) -> dict[int, str]:
    """Return one rationale text by question id: edited before accepted before unreviewed.

    Rejected ones are left out, and with `only_reviewed` all that nobody approved; of several the
    oldest counts.
    """
    fits = (
        RationaleRow.status.in_(APPROVED)
        if only_reviewed
        else RationaleRow.status != RationaleStatus.REJECTED
    )
    texts: dict[int, str] = {}
    for some in chunks(question_ids):
        rows = session.execute(
            select(RationaleRow.question_id, RevisionRow.text)
            .join(RationaleRow.current)
            .where(
                RationaleRow.question_id.in_(some),
                RationaleRow.origin == Origin(origin),
                fits,
            )
            .order_by(_RANK, RationaleRow.id)
        )
        for question_id, text in rows:
            texts.setdefault(question_id, text)
    return texts


def count_references(session: Session, run_id: int) -> dict[Origin, int]:
    """Return how many questions that a run answered have an approved rationale, by its origin."""
    rows = session.execute(
        select(RationaleRow.origin, func.count(RationaleRow.question_id.distinct()))
        .join(PredictionRow, PredictionRow.question_id == RationaleRow.question_id)
        .where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == Variant.MAIN,
            RationaleRow.origin.in_((Origin.TEACHER, Origin.HUMAN)),
            RationaleRow.status.in_(APPROVED),
        )
        .group_by(RationaleRow.origin)
    )
    return dict(list(rows))
