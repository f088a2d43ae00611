"""What the review screen shows of rationales, loaded in a handful of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.models import RationaleRow, ReviewRow, RevisionRow
from scicot.services.questions.lookup import get_questions
from scicot.services.rationales.checks import list_flags
from scicot.services.rationales.own_answers import find_own_answers
from scicot.services.review.drafts import list_drafts
from scicot.services.review.samples import list_samples
from scicot.services.worth.store import load_worths
from scicot.words.errors import NotFound
from scicot.words.records import Actor, Origin, Rationale
from scicot.words.reviewing import OtherRationale, ReviewItem

OTHERS_SHOWN = 4


def load_items(
    session: Session, actor: Actor, ids: Sequence[int], *, with_samples: bool = False
) -> list[ReviewItem]:
    """Return all that decisions about these rationales need, in the order of the ids.

    Ids that nothing bears are left out. With samples, each brings the others that its source
    wrote for the question.
    """
    samples = list_samples(session, ids) if with_samples else {}
    items = _load(session, actor, {*ids, *(sample for some in samples.values() for sample in some)})
    return [
        replace(
            items[rationale_id], samples=[items[sample] for sample in samples.get(rationale_id, ())]
        )
        for rationale_id in ids
        if rationale_id in items
    ]


def _load(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, ReviewItem]:
    rationales = _load_rationales(session, ids)
    questions = get_questions(
        session, {rationale.question_id for rationale, _ in rationales.values()}
    )
    flags = list_flags(session, rationales)
    drafts = list_drafts(session, actor, list(rationales))
    reviews = _newest_reviews(session, rationales)
    answers = find_own_answers(
        session, questions, {rationale.source for rationale, _ in rationales.values()}
    )
    others = _others(session, {rationale.question_id for rationale, _ in rationales.values()})
    worths = load_worths(session, list(rationales))
    items = {}
    for rationale_id, (rationale, risk) in rationales.items():
        review = reviews.get(rationale_id)
        items[rationale_id] = ReviewItem(
            rationale=rationale,
            question=questions[rationale.question_id],
            flags=flags.get(rationale_id, ()),
            risk=risk,
            draft=drafts.get(rationale_id),
            verdict=review.verdict if review else None,
            reason=review.reason if review else None,
            reviewer=review.reviewer if review else None,
            others=[
                other
                for other in others.get(rationale.question_id, ())
                if (other.origin, other.source) != (rationale.origin, rationale.source)
            ][:OTHERS_SHOWN],
            own_answer=(
                answers.get((rationale.question_id, rationale.source))
                if rationale.origin is Origin.TEACHER
                else None
            ),
            worth=worths.get(rationale_id),
            first_wrong=review.first_wrong if review else None,
        )
    return items


def load_item(session: Session, actor: Actor, rationale_id: int) -> ReviewItem:
    """Return all that a decision about one rationale needs; raises NotFound."""
    items = load_items(session, actor, [rationale_id], with_samples=True)
    if not items:
        raise NotFound(f"There is no rationale {rationale_id}. Open the queue instead.")
    return items[0]


def _load_rationales(session: Session, ids: Collection[int]) -> dict[int, tuple[Rationale, float]]:
    original = aliased(RevisionRow)
    rows = session.execute(
        select(RationaleRow, RevisionRow.id, RevisionRow.number, RevisionRow.text, original.text)
        .join(RationaleRow.current)
        .join(original, (original.rationale_id == RationaleRow.id) & (original.number == 1))
        .where(RationaleRow.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    rationales = {}
    for row, revision_id, number, text, first in rows:
        rationale = Rationale(
            id=row.id,
            question_id=row.question_id,
            origin=row.origin,
            source=row.source,
            status=row.status,
            revision_id=revision_id,
            revision_number=number,
            text=text,
            original_text=first,
            sample=row.sample,
        )
        rationales[row.id] = (rationale, row.risk)
    return rationales


def _newest_reviews(session: Session, ids: Iterable[int]) -> dict[int, ReviewRow]:
    rows = session.scalars(
        select(ReviewRow)
        .where(ReviewRow.rationale_id.in_(list(ids)), ReviewRow.undone_at.is_(None))
        .order_by(ReviewRow.id)
        .execution_options(populate_existing=True)
    )
    return {row.rationale_id: row for row in rows}  # the newest comes last


def _others(session: Session, question_ids: set[int]) -> dict[int, list[OtherRationale]]:
    rows = session.execute(
        select(
            RationaleRow.question_id,
            RationaleRow.source,
            RationaleRow.origin,
            RevisionRow.text,
        )
        .join(RationaleRow.current)
        .where(RationaleRow.question_id.in_(question_ids))
        .order_by(RationaleRow.origin, RationaleRow.id)
    )
    others: dict[int, list[OtherRationale]] = {}
    for question_id, source, origin, text in rows:
        others.setdefault(question_id, []).append(OtherRationale(source, origin.value, text))
    return others
