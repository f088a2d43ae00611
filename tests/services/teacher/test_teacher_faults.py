"""Each fault of a teacher's server, and where it leaves the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RationaleRow
from scicot.words.records import RunStatus
from scicot.words.settings import get_settings
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher, always, in_order, serve
from tests.services.teacher_runs import config_for, generate, outcomes, resume, states


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTeacher]:
    monkeypatch.setenv("SCICOT_TEACHER_RETRY_SECONDS", "0.01")
    monkeypatch.setenv("SCICOT_TEACHER_DEADLINE", "0.5")
    get_settings.cache_clear()
    with serve(FakeTeacher()) as served:
        yield served


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=6, validation=0, test=0)


pytestmark = pytest.mark.usefixtures("questions")


@pytest.mark.parametrize("fault", ["500", "502", "503", "rate_limited"])
def test_a_passing_failure_is_tried_again_and_both_attempts_are_booked(
    session: Session, teacher: FakeTeacher, fault: str
) -> None:
    teacher.faults = in_order(fault)
    run = generate(session, config_for(teacher, limit=1))
    assert run.status is RunStatus.DONE
    assert run.result["stored"] == 1
    assert run.result["calls"] == teacher.count == 2
    assert states(session) == {"stored": 1}


@pytest.mark.parametrize("fault", ["reset", "half", "drip", "504"])
def test_a_call_cut_after_sending_is_not_bought_again_without_being_asked(
    session: Session, teacher: FakeTeacher, fault: str
) -> None:
    teacher.faults = in_order(fault)
    run = generate(session, config_for(teacher, limit=1))
    assert run.status is RunStatus.FAILED
    assert states(session) == {"maybe_paid": 1}
    assert run.result["maybe_paid_calls"] == 1
    assert teacher.count == 1
    again = generate(session, config_for(teacher, limit=1))
    assert again.result["calls"] == 0
    assert teacher.count == 1


def test_a_call_cut_after_sending_is_bought_again_where_that_is_the_policy(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = in_order("reset", "half")
    run = generate(session, config_for(teacher, limit=1, maybe_paid="rebuy"))
    assert run.result["stored"] == 1
    assert outcomes(session) == {"maybe_paid": 2, "stored": 1}
    assert teacher.count == 3


@pytest.mark.parametrize("fault", ["quota", "401", "403", "404", "redirect"])
def test_what_no_retry_can_mend_stops_at_once_and_leaves_the_rest_pending(
    session: Session, teacher: FakeTeacher, fault: str
) -> None:
    teacher.faults = always(fault)
    run = generate(session, config_for(teacher, concurrency=1))
    assert run.status is RunStatus.FAILED
    assert teacher.count == 1
    assert states(session) == {"pending": 6}
    assert run.error
    assert "pending" in run.error
    teacher.faults = in_order()
    resumed = resume(session, run.id)
    assert resumed.result["stored"] == 6
    assert resumed.result["calls"] == teacher.count == 7


def test_quota_says_so_in_the_teachers_words(session: Session, teacher: FakeTeacher) -> None:
    teacher.faults = always("quota")
    run = generate(session, config_for(teacher))
    assert run.error
    assert run.error.startswith("The teacher's quota is used up: You are out of money")


@pytest.mark.parametrize("fault", ["html", "no_choices", "bad_json", "null_content"])
def test_a_reply_without_a_text_is_kept_raw_and_is_no_rationale(
    session: Session, teacher: FakeTeacher, fault: str
) -> None:
    teacher.faults = in_order(fault)
    run = generate(session, config_for(teacher, limit=1))
    completion = session.scalars(select(CompletionRow)).one()
    assert completion.state == "invalid"
    assert completion.raw_body
    assert completion.reason
    assert session.scalars(select(RationaleRow)).all() == []
    assert run.result["failed"] == 1
    assert teacher.count == 1


@pytest.mark.parametrize("fault", ["content_filter", "refusal"])
def test_a_refusal_is_final_and_has_its_reason(
    session: Session, teacher: FakeTeacher, fault: str
) -> None:
    teacher.faults = in_order(fault)
    generate(session, config_for(teacher, limit=1))
    completion = session.scalars(select(CompletionRow)).one()
    assert completion.state == "refused"
    assert completion.reason
    assert "refused" in completion.reason
    assert teacher.count == 1


def test_a_text_cut_at_its_longest_is_kept_and_marked(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = in_order("length")
    run = generate(session, config_for(teacher, limit=1))
    assert states(session) == {"truncated": 1}
    assert run.result["stored"] == 1
    assert len(session.scalars(select(RationaleRow)).all()) == 1


def test_a_rejected_question_fails_alone(session: Session, teacher: FakeTeacher) -> None:
    teacher.faults = in_order("400")
    run = generate(session, config_for(teacher, concurrency=1))
    assert run.status is RunStatus.DONE
    assert states(session) == {"failed": 1, "stored": 5}
    assert "Too long" in (session.scalar(select(CompletionRow.reason)) or "")


def test_a_server_that_never_answers_is_given_up_after_a_bounded_number_of_attempts(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = always("500")
    run = generate(session, config_for(teacher, limit=2, concurrency=1))
    assert run.status is RunStatus.FAILED
    assert teacher.count == 10
    assert states(session) == {"failed": 2}
    teacher.faults = in_order()
    again = generate(session, config_for(teacher, limit=2))
    assert again.result["stored"] == 2
    assert again.result["calls"] == 2


def test_call_after_call_failing_stops_the_run(
    session: Session, teacher: FakeTeacher, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "many", dataset="many", train=12, validation=0, test=0)
    teacher.faults = always("400")
    run = generate(session, config_for(teacher, dataset="many", concurrency=1))
    assert run.status is RunStatus.FAILED
    assert run.error
    assert run.error.startswith("8 calls in a row failed")
    assert states(session) == {"failed": 8, "pending": 4}


def test_nobody_listening_is_not_paid_and_is_said(session: Session, teacher: FakeTeacher) -> None:
    unused = FakeTeacher()
    with serve(unused):
        config = config_for(unused, limit=1)
    run = generate(session, config)
    assert run.result["failed"] == 1
    assert run.result["calls"] == 0
    assert outcomes(session) == {"unreachable": 5}


def test_told_to_wait_the_whole_pool_waits(session: Session, teacher: FakeTeacher) -> None:
    teacher.faults = in_order("rate_limited")
    teacher.retry_after = "0.4"
    run = generate(session, config_for(teacher, concurrency=1))
    assert run.result["stored"] == 6
    gap = teacher.seen[1].at - teacher.seen[0].at
    assert gap >= 0.39
    assert outcomes(session) == {"rate_limited": 1, "stored": 6}


def test_one_call_told_to_wait_holds_all_others_back(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = in_order("rate_limited")
    teacher.retry_after = "1"
    teacher.latency = 0.05
    generate(session, config_for(teacher, concurrency=3))
    answered_at = teacher.seen[0].at + teacher.latency
    under_way = [seen for seen in teacher.seen if seen.at < answered_at + 0.5]
    later = [seen for seen in teacher.seen if seen not in under_way]
    assert len(under_way) <= 5  # three at first, and two that were ready before the answer came
    assert len(later) >= 2
    assert min(seen.at for seen in later) >= answered_at + 0.95


def test_every_attempt_has_its_status_and_unpaid_ones_cost_nothing(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = in_order("503")
    generate(session, config_for(teacher, limit=1))
    first, second = session.scalars(select(AttemptRow).order_by(AttemptRow.number))
    assert (first.http_status, second.http_status) == (503, 200)
    assert first.cost_usd == 0.0
    assert second.cost_usd is None  # the model has no price: unknown, not nothing
    assert second.prompt_tokens == 100


def test_the_key_stands_in_no_prompt_and_goes_to_no_redirect(
    session: Session, teacher: FakeTeacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCICOT_TEACHER_API_KEY", "sk-canary-1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-2")
    get_settings.cache_clear()
    teacher.faults = in_order("redirect")
    generate(session, config_for(teacher, limit=1))
    assert len(teacher.seen) == 1
    assert "canary" not in teacher.seen[0].prompt
    assert teacher.seen[0].headers["authorization"] == "Bearer sk-canary-1"


def test_a_model_that_takes_other_parameters_is_asked_again_with_them_and_the_refusal_is_free(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.refuses = ("max_tokens", "temperature")
    run = generate(session, config_for(teacher, concurrency=1))
    assert run.result["stored"] == 6
    assert outcomes(session) == {"unavailable": 2, "stored": 6}
    assert run.result["calls"] == teacher.count == 8
    assert teacher.seen[-1].parameters == {"model": "fake", "max_completion_tokens": 256}
    attempts = session.scalars(select(AttemptRow).where(AttemptRow.outcome == "unavailable"))
    assert all(one.cost_usd == 0 for one in attempts)
