"""A teacher's texts as rationales: added with their completion, then checked."""

from __future__ import annotations

import threading

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CompletionRow, RationaleRow
from scicot.services.rationales.checks import refresh_flags
from scicot.services.rationales.own_answers import list_outdated
from scicot.services.rationales.revisions import add_rationale
from scicot.services.runs.context import RunContext
from scicot.words.people import LONGEST_NAME
from scicot.words.records import Actor, Cause, Origin

ANSWERED_AT_ONCE = 300  # questions
FLAG_EVERY = 50  # rationales; the checks of so many take well under a second


def add_teacher_text(
    session: Session, source: str, completion_id: int, question_id: int, text: str
) -> int | None:
    """Add a completion's text, once, as this teacher's next sample; inside `write(session)`."""
    there = session.execute(
        select(RationaleRow.sample, RationaleRow.completion_id).where(
            RationaleRow.question_id == question_id,
            RationaleRow.origin == Origin.TEACHER,
            RationaleRow.source == source,
        )
    ).all()
    if any(row.completion_id == completion_id for row in there):
        return None
    return add_rationale(
        session,
        Actor(source[:LONGEST_NAME]),
        question_id=question_id,
        origin=Origin.TEACHER,
        source=source,
        text=text,
        cause=Cause.GENERATED,
        sample=max((row.sample for row in there), default=-1) + 1,
        completion_id=completion_id,
        operation_id=f"completion-{completion_id}",
    )


class StoredRationales:
    """Adds a rationale in its completion's own transaction, and has the new ones checked.

    The teacher's own answer to a question is no rationale; it has those of the question flagged.
    """

    def __init__(self, context: RunContext, source: str) -> None:
        self._context = context
        self._source = source
        self._unchecked: list[int] = []
        self._answered: list[int] = []  # questions whose own answer came in
        self._lock = threading.Lock()

    def recheck_last(self) -> None:
        """Have the run's last rationales checked again: an earlier worker may have been killed."""
        with self._context.session() as session:
            last = session.scalars(
                select(RationaleRow.id)
                .join(CompletionRow, CompletionRow.id == RationaleRow.completion_id)
                .where(CompletionRow.run_id == self._context.run.id)
                .order_by(RationaleRow.id.desc())
                .limit(2 * FLAG_EVERY)
            )
            self._unchecked += last

    def add(self, session: Session, completion_id: int, text: str) -> None:
        """Store the text, once, as the next sample of this teacher for the question."""
        question_id, prompt_id = session.execute(
            select(CompletionRow.question_id, CompletionRow.prompt_id).where(
                CompletionRow.id == completion_id
            )
        ).one()
        if prompt_id is None:  # the teacher's own answer, which stays in the ledger
            with self._lock:
                self._answered.append(question_id)
            return
        rationale_id = add_teacher_text(session, self._source, completion_id, question_id, text)
        if rationale_id is not None:
            with self._lock:
                self._unchecked.append(rationale_id)

    def flag(self) -> None:
        """Check the rationales stored, and those whose own answer came in, since the last time."""
        with self._lock:
            waiting, self._unchecked = self._unchecked, []
            answered, self._answered = self._answered, []
        for start in range(0, len(answered), ANSWERED_AT_ONCE):
            some = answered[start : start + ANSWERED_AT_ONCE]
            with self._context.session() as session:
                new = list_outdated(session, self._source, some)
            waiting += [rationale_id for rationale_id in new if rationale_id not in waiting]
        for start in range(0, len(waiting), FLAG_EVERY):
            with self._context.session() as session:
                refresh_flags(session, waiting[start : start + FLAG_EVERY])
