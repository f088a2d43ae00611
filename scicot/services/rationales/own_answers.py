"""What a teacher answers without the key, read from the ledger and compared with the key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from db.models import (
    CompletionRow,
    FlagRow,
    PromptRow,
    RationaleRow,
    RunCompletionRow,
    RunRow,
)
from db.rows import chunks
from scicot.pure.checks.table import TEACHER_DISAGREES, flag_own_answer
from scicot.pure.predictions.judging import judge
from scicot.pure.predictions.llm_parsing import read_llm_answer
from scicot.pure.teacher.few_shot_prompts import own_answer_messages
from scicot.pure.teacher.prompts import messages_hash
from scicot.services.questions.lookup import get_questions
from scicot.words.errors import InvalidConfig
from scicot.words.records import (
    HAS_TEXT,
    CompletionState,
    Flag,
    Origin,
    Outcome,
    RunKind,
    StoredQuestion,
)
from scicot.words.reviewing import OwnAnswer


def asked_without_key(run_id: int) -> ColumnElement[bool]:
    """Return the condition that a completion is an own answer of this run, no rationale."""
    explains = select(RunRow.id).where(RunRow.id == run_id, RunRow.kind == RunKind.GENERATE)
    return and_(CompletionRow.prompt_id.is_(None), explains.exists())


def find_own_answers(
    session: Session, questions: Mapping[int, StoredQuestion], teachers: Collection[str]
) -> dict[tuple[int, str], OwnAnswer]:
    """Return what each teacher answered without the key, by question id and teacher."""
    rows = session.execute(
        select(
            CompletionRow.question_id,
            CompletionRow.model,
            CompletionRow.prompt_hash,
            CompletionRow.text,
        )
        .where(
            CompletionRow.question_id.in_(questions),
            CompletionRow.model.in_(teachers),
            CompletionRow.prompt_id.is_(None),
            CompletionRow.state.in_(HAS_TEXT),
        )
        .order_by(CompletionRow.id)
    )
    answers = {}
    for question_id, model, digest, text in rows:
        question = questions[question_id]
        # an answer after examples or after thinking aloud is another thing
        if digest == messages_hash(own_answer_messages(question)):
            answers[question_id, model] = OwnAnswer(read_llm_answer(text or "", question))
    return answers


def find_right(
    session: Session, rationales: Iterable[Any], questions: Mapping[int, StoredQuestion]
) -> dict[int, bool]:
    """Return by rationale id whether its teacher, without the key, comes to it.

    A text that was written without the key is read itself; for the others the teacher's answer
    alone counts, where it was asked for. Those of which nothing is known are left out.
    """
    written = [rationale for rationale in rationales if rationale.origin is Origin.TEACHER]
    answers = _answers_of(session, written, questions)
    own = _read_key_free(session, [rationale.id for rationale in written], questions)
    right = {}
    for rationale in written:
        answer = own.get(rationale.id) or answers.get((rationale.question_id, rationale.source))
        if answer is not None:
            right[rationale.id] = answer.label == questions[rationale.question_id].answer_key
    return right


def _answers_of(
    session: Session, written: Collection[Any], questions: Mapping[int, StoredQuestion]
) -> dict[tuple[int, str], OwnAnswer]:
    """Return what the teachers of these rationales answered to their questions by themselves."""
    if not written:
        return {}
    wanted = {rationale.question_id: questions[rationale.question_id] for rationale in written}
    return find_own_answers(session, wanted, {rationale.source for rationale in written})


def _read_key_free(
    session: Session, rationale_ids: Collection[int], questions: Mapping[int, StoredQuestion]
) -> dict[int, OwnAnswer]:
    """Return what texts that were written without the key come to, by rationale id."""
    answers = {}
    for some in chunks(list(rationale_ids)):
        rows = session.execute(
            select(RationaleRow.id, RationaleRow.question_id, CompletionRow.text)
            .join(CompletionRow, CompletionRow.id == RationaleRow.completion_id)
            .join(PromptRow, PromptRow.id == CompletionRow.prompt_id)
            .where(RationaleRow.id.in_(some), is_key_free())
        )
        for rationale_id, question_id, text in rows:
            label = read_llm_answer(text or "", questions[question_id])
            answers[rationale_id] = OwnAnswer(label)
    return answers


def is_key_free() -> ColumnElement[bool]:
    """Return the condition that a prompt version does not tell the answer."""
    parts = (PromptRow.reference, PromptRow.thinking, PromptRow.specificity)
    return and_(*(~part.contains("{answer}") for part in parts))


def list_wrong(session: Session, run_id: int) -> list[int]:
    """Return the questions of a run that its teacher, without the key, never got right.

    Raises InvalidConfig for a run in which the teacher was never asked without the key.
    """
    rows = session.execute(
        select(CompletionRow.question_id, CompletionRow.text)
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .join(PromptRow, PromptRow.id == CompletionRow.prompt_id, isouter=True)
        .where(
            RunCompletionRow.run_id == run_id, or_(CompletionRow.prompt_id.is_(None), is_key_free())
        )
    ).all()
    if not rows:
        raise InvalidConfig(
            f"Run {run_id} never asked without the key, so nobody knows what its teacher gets "
            "wrong. Name a run with --own-answer, or with a prompt that has no {answer}."
        )
    questions = get_questions(session, {row.question_id for row in rows})
    right = {
        question_id
        for question_id, text in rows
        if read_llm_answer(text or "", questions[question_id]) == questions[question_id].answer_key
    }
    return sorted(set(questions) - right)


def flag_disagreements(
    session: Session, rationales: Iterable[Any], questions: Mapping[int, StoredQuestion]
) -> dict[int, Flag]:
    """Return a flag by rationale id where its teacher, without the key, answers otherwise.

    The rationales have id, question_id, origin and source.
    """
    written = [rationale for rationale in rationales if rationale.origin is Origin.TEACHER]
    answers = _answers_of(session, written, questions)
    flags = {}
    for rationale in written:
        answer = answers.get((rationale.question_id, rationale.source))
        flag = flag_own_answer(answer.label, questions[rationale.question_id]) if answer else None
        if flag is not None:
            flags[rationale.id] = flag
    return flags


def list_outdated(session: Session, teacher: str, question_ids: Collection[int]) -> list[int]:
    """Return this teacher's rationales whose flags do not know its own answer as it is now."""
    rows = session.execute(
        select(
            RationaleRow.id,
            RationaleRow.question_id,
            RationaleRow.origin,
            RationaleRow.source,
            RationaleRow.own_answer_right,
        ).where(
            RationaleRow.question_id.in_(question_ids),
            RationaleRow.origin == Origin.TEACHER,
            RationaleRow.source == teacher,
        )
    ).all()
    questions = get_questions(session, question_ids)
    expected = flag_disagreements(session, rows, questions)
    right = find_right(session, rows, questions)
    flagged = set(
        session.scalars(
            select(FlagRow.rationale_id).where(
                FlagRow.rationale_id.in_([row.id for row in rows]),
                FlagRow.check_id == TEACHER_DISAGREES,
            )
        )
    )
    return [
        row.id
        for row in rows
        if (row.id in expected) != (row.id in flagged) or right.get(row.id) != row.own_answer_right
    ]


def count_own_answers(session: Session, run_id: int) -> dict[str, int] | None:
    """Return how a run's own answers compare with the keys; None when it asked for none."""
    rows = session.execute(
        select(CompletionRow.question_id, CompletionRow.state, CompletionRow.text)
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(RunCompletionRow.run_id == run_id, asked_without_key(run_id))
    ).all()
    if not rows:
        return None
    read = [row for row in rows if row.state in HAS_TEXT]
    questions = get_questions(session, {row.question_id for row in read})
    outcomes = Counter(
        judge(
            read_llm_answer(row.text or "", questions[row.question_id]), questions[row.question_id]
        )
        for row in read
    )
    waiting = sum(row.state in (CompletionState.PENDING, CompletionState.IN_FLIGHT) for row in rows)
    return {
        "agree": outcomes[Outcome.CORRECT],
        "disagree": outcomes[Outcome.INCORRECT],
        "unreadable": outcomes[Outcome.NO_ANSWER],
        "failed": len(rows) - len(read) - waiting,
        "waiting": waiting,
    }
