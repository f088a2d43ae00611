"""Find rationales that say much the same, on this machine and without a key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import QuestionRow, RationaleRow, RevisionRow
from scicot.services.review.items import load_item
from scicot.words.records import Actor, RationaleStatus

LIKE_ENOUGH = 0.5  # of 1; below, two texts only share a subject
MOST_COMPARED = 20_000  # texts, the newest first: about a second


@dataclass(frozen=True, slots=True)
class SimilarRationale:
    """A rationale like the one looked at, with how like it is from 0 to 1."""

    rationale_id: int
    question: str
    status: RationaleStatus
    text: str
    similarity: float


def find_similar(
    session: Session, actor: Actor, rationale_id: int, *, limit: int = 8
) -> list[SimilarRationale]:
    """Return the rationales of the same dataset most like this one, the likest first."""
    from rapidfuzz import fuzz, process, utils

    item = load_item(session, actor, rationale_id)
    rows = session.execute(
        select(RationaleRow.id, RevisionRow.text)
        .join(RationaleRow.current)
        .where(
            RationaleRow.dataset_id
            == select(RationaleRow.dataset_id)
            .where(RationaleRow.id == rationale_id)
            .scalar_subquery(),
            RationaleRow.id != rationale_id,
        )
        .order_by(RationaleRow.id.desc())
        .limit(MOST_COMPARED)
    )
    texts = dict(rows.all())
    best = process.extract(
        item.rationale.text,
        texts,
        scorer=fuzz.token_sort_ratio,
        processor=utils.default_process,
        limit=limit,
        score_cutoff=LIKE_ENOUGH * 100,
    )
    scores = {other_id: score / 100 for _, score, other_id in best}
    about = session.execute(
        select(RationaleRow.id, QuestionRow.external_id, RationaleRow.status)
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .where(RationaleRow.id.in_(scores))
    )
    similar = [
        SimilarRationale(other_id, question, status, texts[other_id], scores[other_id])
        for other_id, question, status in about
    ]
    return sorted(similar, key=lambda rationale: -rationale.similarity)
