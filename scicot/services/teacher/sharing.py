"""The same text under two ids is asked once a sample, and what came of it is shared."""

from __future__ import annotations

from typing import TypeVarTuple

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.models import CompletionRow, QuestionRow, RunCompletionRow
from db.rows import changed_rows
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.teacher.ledger.entries import TakeText
from scicot.words.records import HAS_TEXT, CompletionState

_OPEN = (CompletionState.PENDING, CompletionState.IN_FLIGHT, CompletionState.FAILED)
Columns = TypeVarTuple("Columns")
_OTHER = aliased(CompletionRow)


def share_answers(session: Session, run_id: int, take_text: TakeText | None) -> int:
    """Settle the run's pending completions whose very text was asked under another id.

    They take the text, or the reason why there is none, at no cost; returns how many.
    """
    needed = select(RunCompletionRow.completion_id).where(RunCompletionRow.run_id == run_id)
    pairs = _same_text(
        select(CompletionRow.id, _OTHER.id, QuestionRow.external_id)
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(
            RunCompletionRow.run_id == run_id,
            CompletionRow.state == CompletionState.PENDING,
            _OTHER.state.not_in(_OPEN),
            # another run's failure is no reason not to ask
            or_(_OTHER.state.in_(HAS_TEXT), _OTHER.id.in_(needed)),
        )
        # of several the one with a text counts
        .order_by(_OTHER.state.in_(HAS_TEXT), _OTHER.id.desc())
    ).join(QuestionRow, QuestionRow.id == _OTHER.question_id)
    shared = {own: (other, name) for own, other, name in session.execute(pairs)}
    if not shared:
        return 0
    with write(session):
        for own_id, (other_id, name) in shared.items():
            _share(session, own_id, other_id, name, take_text)
    return len(shared)


def twin_asked_first(run_id: int) -> Select[int]:
    """Return the ids of pending completions of the run that wait for another of the same text."""
    needed = select(RunCompletionRow.completion_id).where(RunCompletionRow.run_id == run_id)
    return _same_text(
        select(CompletionRow.id).where(
            CompletionRow.state == CompletionState.PENDING,
            CompletionRow.id.in_(needed),
            _OTHER.id.in_(needed),
            or_(
                (_OTHER.state == CompletionState.PENDING) & (_OTHER.id < CompletionRow.id),
                _OTHER.state == CompletionState.IN_FLIGHT,
            ),
        )
    )


def count_shared(session: Session, run_id: int) -> int:
    """Return how many of the run's completions were asked under another id."""
    count = session.scalar(
        select(func.count())
        .select_from(CompletionRow)
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(RunCompletionRow.run_id == run_id, CompletionRow.shared_with_id.is_not(None))
    )
    return count or 0


def _same_text(query: Select[*Columns]) -> Select[*Columns]:
    return query.join(
        _OTHER,
        (_OTHER.prompt_hash == CompletionRow.prompt_hash)
        & (_OTHER.model == CompletionRow.model)
        & (_OTHER.parameters_hash == CompletionRow.parameters_hash)
        & (_OTHER.sample == CompletionRow.sample)
        & (_OTHER.id != CompletionRow.id),
    )


def _share(
    session: Session, own_id: int, other_id: int, name: str, take_text: TakeText | None
) -> None:
    other = session.get_one(CompletionRow, other_id)
    said = f"Asked once, with question {name}, whose text is the same"
    settled = session.execute(
        update(CompletionRow)
        .where(CompletionRow.id == own_id, CompletionRow.state == CompletionState.PENDING)
        .values(
            state=other.state,
            text=other.text,
            raw_body=other.raw_body,
            finish_reason=other.finish_reason,
            cost_usd=0.0,
            reason=(f"{said}: {other.reason}" if other.reason else said)[:300],
            shared_with_id=other.shared_with_id or other.id,
            finished_at=utc_now(),
        )
    )
    if changed_rows(settled) and other.text and take_text is not None:
        take_text(session, own_id, other.text)
