"""Texts that a server put into a field for thinking: offered, and taken when a person says so."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session

from db.models import CompletionRow, RunCompletionRow
from db.session import write
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.replies import BESIDE, WENT_INTO_THINKING, thinking_in
from scicot.services.rationales.checks import refresh_flags
from scicot.services.runs.runs import get_run
from scicot.services.teacher.rationales import add_teacher_text
from scicot.words.errors import RunNotInState
from scicot.words.people import Action, needs
from scicot.words.records import Actor, CompletionState, RunKind


def count_offered(session: Session, run_id: int) -> int:
    """Return how many of the run's answers have their text in a field for thinking alone."""
    return session.scalar(select(func.count()).select_from(_offered(run_id).subquery())) or 0


@needs(Action.ASK_TEACHER)
def take_thinking(session: Session, actor: Actor, run_id: int) -> int:
    """Take those texts for rationales, at no call, and return how many; a person's decision."""
    run = get_run(session, run_id)
    rows: Sequence[Row[int, int, str | None]] = (
        session.execute(_offered(run_id)).all() if run.kind is RunKind.GENERATE else []
    )
    if not rows:
        raise RunNotInState(f"Run {run_id} has no text in a field for thinking. Nothing to take.")
    source = parse_teacher(run.generation.teacher).model
    added: list[int] = []
    with write(session):
        for completion_id, question_id, body in rows:
            text = (thinking_in(body or "") or "").strip()
            session.execute(
                update(CompletionRow)
                .where(CompletionRow.id == completion_id)
                .values(
                    state=CompletionState.STORED,
                    text=text,
                    reason=f"The thinking was taken for the text by {actor.name}"[:300],
                )
            )
            rationale_id = add_teacher_text(session, source, completion_id, question_id, text)
            added += [rationale_id] if rationale_id is not None else []
    refresh_flags(session, added)
    return len(rows)


def needs_longer(reason: str) -> bool:
    """Return whether an answer is missing because its limit went into thinking."""
    return WENT_INTO_THINKING in reason


def _offered(run_id: int) -> Select[int, int, str | None]:
    return (
        select(CompletionRow.id, CompletionRow.question_id, CompletionRow.raw_body)
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(
            RunCompletionRow.run_id == run_id,
            CompletionRow.state == CompletionState.INVALID,
            CompletionRow.prompt_id.is_not(None),
            CompletionRow.reason.startswith(BESIDE),
        )
    )
