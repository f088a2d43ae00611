"""The teacher asked without the key: through the ledger, compared, first in the queue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CompletionRow, RationaleRow
from scicot.pure.teacher.few_shot_prompts import own_answer_messages
from scicot.services.review.items import load_item
from scicot.services.review.queue import next_items
from scicot.services.review.verdicts import decide
from scicot.services.system.invariants import find_violations
from scicot.services.teacher.estimates import estimate_generation
from scicot.services.teacher.generation import retry_calls
from scicot.words.records import CompletionState, RunStatus, Split, StoredQuestion, Verdict
from scicot.words.reviewing import OwnAnswer, QueueFilter
from scicot.words.runs import RunView
from scicot.words.settings import get_settings
from tests.builders import make_question, store_questions
from tests.fake_teacher import FakeTeacher, in_order, serve
from tests.services.teacher_runs import ADA, carry_on, config_for, generate, states

LABELS = "ABCD"


def answer(prompt: str) -> str:
    """Explain when the key is given; else answer by the question's number."""
    if "reference point" in prompt:
        return "Gravity pulls at it, as anybody can see."
    number = int(re.search(r"number (\d+)", prompt).group(1))  # type: ignore[union-attr]
    right = LABELS[number % 4]
    wrong = LABELS[(number + 1) % 4]
    said = {0: f"The answer is ({right}).", 1: f"The answer is ({wrong}).", 2: "Who can say?"}
    return said.get(number, f"The answer is ({right}).")


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTeacher]:
    monkeypatch.setenv("SCICOT_TEACHER_RETRY_SECONDS", "0.01")
    monkeypatch.setenv("SCICOT_TEACHER_POLL_SECONDS", "0.01")  # a batch is looked at that often
    get_settings.cache_clear()
    with serve(FakeTeacher(answer=answer)) as served:
        yield served


@pytest.fixture(autouse=True)
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "data", train=4)[Split.TRAIN])


def own_answers_of(run: RunView) -> dict[str, Any]:
    counts = run.result["own_answers"]
    assert isinstance(counts, dict)
    return counts


def rationale_of(session: Session, question: StoredQuestion) -> int:
    session.rollback()
    return session.scalars(
        select(RationaleRow.id).where(RationaleRow.question_id == question.id)
    ).one()


def test_the_key_is_never_in_the_question_asked_without_it() -> None:
    for key in LABELS:
        question = make_question(answer_key=key)
        assert own_answer_messages(question) == own_answer_messages(make_question())


def test_what_the_teacher_is_sent_does_not_depend_on_the_key(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    generate(session, config_for(teacher, own_answer=True))
    alone = [one.prompt for one in teacher.seen if "reference point" not in one.prompt]
    assert len(alone) == 4
    for prompt in alone:
        assert "<answer>" not in prompt
        labels = [prompt.count(f"({label})") for label in LABELS]
        assert len(set(labels)) == 1  # each option stands there as often as every other


def test_a_run_counts_what_agrees_disagrees_and_cannot_be_read(
    session: Session, teacher: FakeTeacher
) -> None:
    run = generate(session, config_for(teacher, own_answer=True))
    assert run.status is RunStatus.DONE
    assert (run.result["questions"], run.result["stored"], run.result["calls"]) == (4, 4, 8)
    assert run.result["own_answers"] == {
        "agree": 2,
        "disagree": 1,
        "unreadable": 1,
        "failed": 0,
        "waiting": 0,
    }
    assert (run.progress_done, run.progress_total) == (8, 8)
    assert len(session.scalars(select(RationaleRow)).all()) == 4
    assert find_violations(session) == []


def test_a_run_that_did_not_ask_says_so(session: Session, teacher: FakeTeacher) -> None:
    assert generate(session, config_for(teacher)).result["own_answers"] is None


def test_an_own_answer_is_bought_once_and_added_to_rationales_that_are_there(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    generate(session, config_for(teacher))
    assert load_item(session, ADA, rationale_of(session, questions[1])).own_answer is None
    session.rollback()
    second = generate(session, config_for(teacher, own_answer=True))
    assert second.result["calls"] == 4
    third = generate(session, config_for(teacher, own_answer=True))
    assert (third.result["calls"], teacher.count) == (0, 8)
    item = load_item(session, ADA, rationale_of(session, questions[1]))
    assert item.own_answer == OwnAnswer("C")
    assert "teacher_disagrees" in {flag.check for flag in item.flags}


def test_who_disagrees_comes_first_and_what_cannot_be_read_is_no_flag(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    generate(session, config_for(teacher, own_answer=True))
    session.rollback()
    items = next_items(session, ADA, QueueFilter("demo"))
    first = items[0]
    assert first.question.external_id == questions[1].external_id
    assert "The teacher alone answers (C); the key is (B)." in [one.message for one in first.flags]
    unreadable = next(one for one in items if one.question.id == questions[2].id)
    assert unreadable.own_answer == OwnAnswer(None)
    for item in items[1:]:
        assert "teacher_disagrees" not in {flag.check for flag in item.flags}


def test_the_flag_stays_with_an_edited_text(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    generate(session, config_for(teacher, own_answer=True))
    item = load_item(session, ADA, rationale_of(session, questions[1]))
    session.rollback()
    decide(
        session,
        ADA,
        item.rationale.id,
        item.rationale.revision_id,
        Verdict.EDIT,
        "Gravity pulls at river fact b1, so it falls.",
        operation_id="edit",
    )
    flags = load_item(session, ADA, item.rationale.id).flags
    assert "teacher_disagrees" in {flag.check for flag in flags}


def test_a_failed_own_answer_is_counted_and_retried_like_any_call(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = in_order(*["ok"] * 4, "html")
    run = generate(session, config_for(teacher, own_answer=True, concurrency=1))
    assert run.result["stored"] == 4
    assert own_answers_of(run)["failed"] == 1
    again = carry_on(
        session, retry_calls(session, get_settings(), ADA, run.id, [CompletionState.INVALID])
    )
    assert again.result["calls"] == 1
    assert states(session) == {"stored": 8}


def test_the_estimate_holds_both_kinds_of_calls(session: Session, teacher: FakeTeacher) -> None:
    alone = estimate_generation(session, config_for(teacher))
    both = estimate_generation(session, config_for(teacher, own_answer=True))
    assert (alone.calls, both.calls) == (4, 8)
    assert both.prompt_tokens > alone.prompt_tokens
    assert 0 < both.high_output_tokens - alone.high_output_tokens <= 4 * 40
    session.rollback()
    generate(session, config_for(teacher, own_answer=True))
    assert estimate_generation(session, config_for(teacher, own_answer=True)).calls == 0


def test_samples_share_the_one_own_answer(session: Session, teacher: FakeTeacher) -> None:
    config = config_for(teacher, own_answer=True, samples=3, temperature=0.7, limit=1)
    assert generate(session, config).result["calls"] == 4
    session.rollback()
    alone = session.scalars(select(CompletionRow).where(CompletionRow.prompt_id.is_(None))).all()
    assert len(alone) == 1


def test_a_batch_asks_both_and_joins_each(session: Session, teacher: FakeTeacher) -> None:
    run = generate(session, config_for(teacher, own_answer=True, batch=True))
    assert run.status is RunStatus.DONE
    assert run.result["stored"] == 4
    assert own_answers_of(run)["disagree"] == 1
