"""Corrections: where people, blind, said otherwise than a judge; shown to it as examples."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RationaleRow, ReviewRow, RevisionRow
from scicot.pure.judge.rubric import Correction
from scicot.services.judge.agreement import compared
from scicot.services.questions.lookup import get_questions
from scicot.words.errors import InvalidConfig
from scicot.words.records import Verdict


def choose_corrections(
    session: Session, dataset: str, rubric_id: int, judge: str, most: int
) -> tuple[int, ...]:
    """Return the reviews that correct this judge: what it missed and what it wrongly rejected.

    They take turns, the newest first, one a question. Raises InvalidConfig where nobody has
    corrected it by this rubric yet.
    """
    query = compared(session, dataset, rubric_id).order_by(ReviewRow.id.desc())
    rows = session.execute(query).all()
    missed: list[int] = []
    wronged: list[int] = []
    seen: set[int] = set()
    for row in rows:
        is_wrong = row.rejects != (row.verdict is Verdict.REJECT)
        if row.judge != judge or not is_wrong or row.question_id in seen:
            continue
        seen.add(row.question_id)
        (wronged if row.rejects else missed).append(row.review_id)
    turns = chain.from_iterable(zip_longest(missed, wronged))
    chosen = tuple(review_id for review_id in turns if review_id is not None)[:most]
    if not chosen:
        raise InvalidConfig(
            f"Nobody has corrected {judge} by rubric {rubric_id} yet, so there is no example to "
            "show it. Review some texts, let it judge them without examples, then ask again."
        )
    return chosen


def read_corrections(session: Session, review_ids: Sequence[int]) -> list[Correction]:
    """Return the corrections of these reviews, in their order."""
    rows = session.execute(
        select(ReviewRow.id, ReviewRow.verdict, ReviewRow.reason, RevisionRow.text)
        .add_columns(RationaleRow.question_id)
        .join(RevisionRow, RevisionRow.id == ReviewRow.revision_before_id)
        .join(RationaleRow, RationaleRow.id == ReviewRow.rationale_id)
        .where(ReviewRow.id.in_(review_ids))
    ).all()
    questions = get_questions(session, {row.question_id for row in rows})
    by_id = {
        row.id: Correction(
            questions[row.question_id], row.text, row.verdict is Verdict.REJECT, row.reason
        )
        for row in rows
    }
    return [by_id[review_id] for review_id in review_ids if review_id in by_id]
