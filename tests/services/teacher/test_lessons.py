"""What methods learn beside rationales: asked once, within the budget, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import LessonRow, RationaleRow
from scicot.pure.teacher.other_options import other_option
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.teacher.estimates import estimate_lesson
from scicot.services.teacher.lessons import run_lesson, start_lesson
from scicot.services.teacher.prompts import save_prompt
from scicot.words.asking_configs import LessonConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import RunKind, RunStatus, Split, StoredQuestion
from scicot.words.runs import RunView
from scicot.words.settings import get_settings
from scicot.words.teaching import PromptParts
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher, in_order
from tests.services.teacher_runs import ADA, give_price

SHARES = {"A": 0.5, "B": 0.3, "C": 0.1, "D": 0.1}


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    stored = store_questions(session, tmp_path / "data", train=4, validation=0, test=0)
    return list(stored[Split.TRAIN])


def config_of(teacher: FakeTeacher, kind: str, **values: Any) -> LessonConfig:
    return LessonConfig.checked(
        **{"dataset": "demo", "kind": kind, "teacher": f"{teacher.url}#fake", **values}
    )


def carry_on(session: Session, run_id: int) -> RunView:
    session.rollback()
    run_worker(run_id, get_settings(), {RunKind.LESSON: run_lesson})
    session.rollback()
    return get_run(session, run_id)


def ask(session: Session, config: LessonConfig) -> RunView:
    return carry_on(session, start_lesson(session, get_settings(), ADA, config))


def lessons(session: Session, run: RunView) -> list[LessonRow]:
    query = select(LessonRow).where(LessonRow.run_id == run.id).order_by(LessonRow.question_id)
    return list(session.scalars(query))


def test_a_text_for_another_option_is_paid_once_and_joins_no_queue(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    config = config_of(teacher, "other_options")
    assert estimate_lesson(session, config).calls == 4
    run = ask(session, config)
    assert (run.status, run.result["lessons"], run.result["calls"]) == (RunStatus.DONE, 4, 4)
    for question, lesson, seen in zip(questions, lessons(session, run), teacher.seen, strict=True):
        label = other_option(question)
        assert label in set(question.labels) - {question.answer_key}
        assert (lesson.label, lesson.shares) == (label, None)
        asked = next(one for one in teacher.seen if question.stem in one.prompt)
        assert f"({label}) {question.choice_text(str(label))}" in asked.prompt.split("<answer>")[1]
        assert "logprobs" not in seen.parameters
    assert session.scalars(select(RationaleRow)).all() == []
    again = ask(session, config)
    assert (again.result["lessons"], again.result["calls"], teacher.count) == (4, 0, 4)
    assert estimate_lesson(session, config).calls == 0


def test_probabilities_are_asked_for_once_and_kept_as_shares(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    teacher.answer, teacher.probabilities = (lambda _prompt: "A"), (lambda _prompt: SHARES)
    run = ask(session, config_of(teacher, "option_shares"))
    assert (run.status, run.result["lessons"], teacher.count) == (RunStatus.DONE, 4, 4)
    assert teacher.seen[0].parameters["logprobs"] is True
    assert teacher.seen[0].parameters["top_logprobs"] == 20
    assert [lesson.shares for lesson in lessons(session, run)] == [pytest.approx(SHARES)] * 4
    assert ask(session, config_of(teacher, "option_shares")).result["calls"] == 0


@pytest.mark.parametrize("refuses", [(), ("logprobs",)])
def test_a_teacher_that_tells_none_is_found_out_by_one_question(
    session: Session,
    teacher: FakeTeacher,
    questions: list[StoredQuestion],
    refuses: tuple[str, ...],
) -> None:
    teacher.answer, teacher.refuses = (lambda _prompt: "A"), refuses
    run = ask(session, config_of(teacher, "option_shares"))
    assert run.status is RunStatus.FAILED
    assert "fake tells no probabilities of its words (logprobs)" in str(run.error)
    assert "Choose a teacher" in str(run.error)
    assert (teacher.count, lessons(session, run)) == (1, [])
    if not refuses:  # what was paid for is not paid for again
        resume_run(session, ADA, run.id)
        assert carry_on(session, run.id).status is RunStatus.FAILED
        assert teacher.count == 1


def test_the_budget_is_never_passed(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    give_price(session)
    teacher.answer, teacher.probabilities = (lambda _prompt: "A"), (lambda _prompt: SHARES)
    config = config_of(teacher, "option_shares", budget_usd=0.0006, concurrency=1)
    run = ask(session, config)
    assert run.status is RunStatus.FAILED
    assert "budget" in str(run.error)
    assert 0 < teacher.count < 4
    assert float(str(run.result.get("cost_usd") or 0)) <= 0.0006
    assert len(lessons(session, run)) == teacher.count  # what was paid for is kept


def test_what_cannot_be_used_is_no_lesson(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    teacher.faults = in_order("length")
    run = ask(session, config_of(teacher, "other_options", concurrency=1))
    assert (run.result["lessons"], run.result["unreadable"]) == (3, 1)
    teacher.answer, teacher.probabilities = (lambda _: "Hm"), (lambda _prompt: {"Hm": 0.9})
    run = ask(session, config_of(teacher, "option_shares"))
    assert run.status is RunStatus.FAILED
    assert "none names an option by its letter" in str(run.error)


def test_a_prompt_that_names_no_answer_is_refused(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    parts = PromptParts("Explain {question} {options}", "Think.", "Be brief.")
    free = save_prompt(session, ADA, "free", parts)
    with pytest.raises(InvalidConfig, match="does not tell the answer"):
        ask(session, config_of(teacher, "other_options", prompt_id=free.id))
