"""Worth as a queue's order and filter, and as a filter of snapshots."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.orm import Session, aliased

from db.models import QuestionRow, RationaleRow, WorthRow
from scicot.words.reviewing import WorthFilter
from scicot.words.worth import GIVEN_AWAY


def worth_of(column: str, by: str | None = None) -> ScalarSelect[Any]:
    """Return a column of the newest worth of a rationale's current text, as a subquery.

    `by`: only what this student measured.
    """
    newest = aliased(WorthRow)
    measured = [newest.revision_id == RationaleRow.revision_id]
    if by is not None:
        measured.append(newest.student == by)
    return (
        select(getattr(newest, column))
        .where(*measured)
        .order_by(newest.run_id.desc(), newest.id.desc())
        .limit(1)
        .correlate(RationaleRow)
        .scalar_subquery()
    )


def worth_is(wanted: WorthFilter, by: str | None = None) -> ColumnElement[bool]:
    """Return the condition that a rationale was measured and is of this kind."""
    if wanted is WorthFilter.HARMS:
        return worth_of("help", by) < 0
    if wanted is WorthFilter.GIVES_AWAY:
        key = (
            select(QuestionRow.answer_key)
            .where(QuestionRow.id == RationaleRow.question_id)
            .correlate(RationaleRow)
            .scalar_subquery()
        )
        return (worth_of("leak", by) > GIVEN_AWAY) & (worth_of("alone", by) == key)
    return worth_of("help", by).is_not(None)


def gives_nothing_away(by: str | None) -> ColumnElement[bool]:
    """Return the condition that a rationale was measured and does not give the key away."""
    return worth_of("help", by).is_not(None) & ~worth_is(WorthFilter.GIVES_AWAY, by)


def list_measuring(session: Session, dataset_id: int) -> list[str]:
    """Return the students that measured a dataset's rationales, the last one first."""
    rows = session.execute(
        select(WorthRow.student, WorthRow.run_id)
        .join(RationaleRow, RationaleRow.id == WorthRow.rationale_id)
        .where(RationaleRow.dataset_id == dataset_id)
        .distinct()
    )
    newest: dict[str, int] = {}
    for student, run_id in rows:
        newest[student] = max(run_id, newest.get(student, 0))
    return sorted(newest, key=lambda student: -newest[student])


def worst_first(wanted: WorthFilter) -> ColumnElement[Any]:
    """Return what such a queue is ordered by: the least help, or the most leak."""
    if wanted is WorthFilter.GIVES_AWAY:
        return worth_of("leak").desc()
    return worth_of("help").asc()
