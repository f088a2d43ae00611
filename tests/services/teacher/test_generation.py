from __future__ import annotations

import threading
from pathlib import Path

import pytest
from aiolimiter import AsyncLimiter
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AttemptRow, RationaleRow
from db.session import open_session
from scicot.pure.teacher.prompts import BUILT_IN
from scicot.services.runs.steering import request_cancel
from scicot.services.runs.worker import run_worker
from scicot.services.teacher.calls import pacing
from scicot.services.teacher.generation import retry_calls, run_generation, start_generation
from scicot.services.teacher.prompts import save_prompt
from scicot.words.asking_configs import GenerationConfig
from scicot.words.errors import Conflict, InvalidConfig, TeacherRefused
from scicot.words.records import CompletionState, RunKind, RunStatus
from scicot.words.settings import Settings, get_settings
from scicot.words.teaching import PromptParts
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher, always, in_order
from tests.services.teacher_runs import (
    ADA,
    carry_on,
    config_for,
    generate,
    give_price,
    rationales,
    resume,
    states,
)


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=12, validation=0, test=0)


pytestmark = pytest.mark.usefixtures("questions")


def test_a_second_run_with_the_same_settings_makes_no_call(
    session: Session, teacher: FakeTeacher
) -> None:
    first = generate(session, config_for(teacher))
    second = generate(session, config_for(teacher))
    assert first.result["calls"] == 12
    assert second.result["calls"] == 0
    assert second.result["stored"] == 12
    assert teacher.count == 12
    assert len(rationales(session)) == 12


def test_a_larger_run_asks_only_for_what_is_missing(session: Session, teacher: FakeTeacher) -> None:
    generate(session, config_for(teacher, limit=5))
    generate(session, config_for(teacher))
    assert teacher.count == 12


def test_calls_go_out_together_but_never_more_than_asked_for(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.latency = 0.05
    generate(session, config_for(teacher, concurrency=3))
    assert teacher.most_in_flight == 3


def test_the_same_settings_twice_at_once_are_one_run(
    session: Session, teacher: FakeTeacher
) -> None:
    start_generation(session, get_settings(), ADA, config_for(teacher))
    with pytest.raises(Conflict, match="exactly these settings"):
        start_generation(session, get_settings(), ADA, config_for(teacher))


def test_two_workers_pay_once_for_each_question(
    session: Session, teacher: FakeTeacher, settings: Settings
) -> None:
    teacher.latency = 0.02
    runs = [
        start_generation(session, get_settings(), ADA, config_for(teacher, concurrency=workers))
        for workers in (2, 3)
    ]
    handlers = {RunKind.GENERATE: run_generation}
    threads = [
        threading.Thread(target=run_worker, args=(run, get_settings(), handlers)) for run in runs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert teacher.count == 12
    assert states(session) == {"stored": 12}
    assert len(rationales(session)) == 12


def test_no_call_is_sent_after_cancel_and_what_was_in_flight_is_kept(
    session: Session, teacher: FakeTeacher, settings: Settings
) -> None:
    run_id = start_generation(session, get_settings(), ADA, config_for(teacher, concurrency=2))
    url = settings.resolved_database_url
    counted: list[int] = []

    def cancel_at_the_fourth(number: int) -> str:
        if number == 4:
            with open_session(url) as other:
                request_cancel(other, ADA, run_id)
            counted.append(teacher.count)
        return "ok"

    teacher.faults = cancel_at_the_fourth
    run = carry_on(session, run_id)
    assert run.status is RunStatus.CANCELLED
    assert teacher.count <= counted[0] + 1  # the one that was being sent beside it
    assert states(session)["stored"] == teacher.count
    teacher.faults = in_order()
    resumed = resume(session, run_id)
    assert resumed.result["stored"] == 12
    assert teacher.count == 12


def test_the_budget_is_never_passed(session: Session, teacher: FakeTeacher) -> None:
    give_price(session)
    # a call costs 100 * 1 + 20 * 10 = 300 millionths of a dollar
    run = generate(session, config_for(teacher, budget_usd=0.002, max_tokens=32))
    assert run.status is RunStatus.FAILED
    assert run.error
    assert "budget of $0.0020 is reached" in run.error
    session.rollback()
    spent = sum(cost or 0 for cost in session.scalars(select(AttemptRow.cost_usd)))
    assert 0.001 < spent <= 0.002
    assert states(session)["pending"] == 12 - teacher.count


def test_what_may_have_been_paid_counts_against_the_budget(
    session: Session, teacher: FakeTeacher
) -> None:
    give_price(session)
    teacher.faults = always("reset")
    run = generate(session, config_for(teacher, budget_usd=0.002, max_tokens=32, concurrency=1))
    assert run.error
    assert "budget" in run.error
    assert teacher.count <= 5


def test_a_budget_without_a_price_is_refused(session: Session, teacher: FakeTeacher) -> None:
    with pytest.raises(InvalidConfig, match="no known price"):
        start_generation(session, get_settings(), ADA, config_for(teacher, budget_usd=1.0))


def test_a_cost_nobody_knows_is_none_and_not_nothing(
    session: Session, teacher: FakeTeacher
) -> None:
    assert generate(session, config_for(teacher)).result["cost_usd"] is None
    give_price(session)
    priced = generate(session, config_for(teacher, max_tokens=99))
    assert priced.result["cost_usd"] == pytest.approx(12 * 0.0003)


def test_without_a_key_the_error_says_where_to_put_it(session: Session) -> None:
    with pytest.raises(TeacherRefused, match=r"OPENAI_API_KEY.*starter teacher"):
        start_generation(session, get_settings(), ADA, GenerationConfig.checked(dataset="demo"))


def test_samples_are_asked_for_one_by_one_and_kept_apart(
    session: Session, teacher: FakeTeacher
) -> None:
    generate(session, config_for(teacher, limit=2, samples=3, temperature=0.7))
    assert teacher.count == 6
    assert [sample for _, sample, _ in rationales(session)] == [0, 1, 2, 0, 1, 2]


def test_samples_at_temperature_zero_are_refused(session: Session, teacher: FakeTeacher) -> None:
    with pytest.raises(InvalidConfig, match="temperature"):
        start_generation(session, get_settings(), ADA, config_for(teacher, samples=2))


def test_another_prompt_is_another_call_and_another_rationale(
    session: Session, teacher: FakeTeacher
) -> None:
    generate(session, config_for(teacher, limit=1))
    shorter = PromptParts(BUILT_IN.reference, BUILT_IN.thinking, "Write one sentence.")
    prompt = save_prompt(session, ADA, "short", shorter)
    generate(session, config_for(teacher, limit=1, prompt_id=prompt.id))
    assert teacher.count == 2
    assert [sample for _, sample, _ in rationales(session)] == [0, 1]


def test_a_trial_joins_the_queue_only_with_the_real_run(
    session: Session, teacher: FakeTeacher
) -> None:
    generate(session, config_for(teacher, limit=3, trial=True))
    assert rationales(session) == []
    generate(session, config_for(teacher, limit=4))
    assert len(rationales(session)) == 4
    assert teacher.count == 4


def test_failed_ones_are_retried_by_word_and_alone(session: Session, teacher: FakeTeacher) -> None:
    teacher.faults = in_order("html", "reset", "html")
    run = generate(session, config_for(teacher, concurrency=1))
    assert states(session) == {"invalid": 2, "maybe_paid": 1, "stored": 9}
    again = retry_calls(session, get_settings(), ADA, run.id, [CompletionState.INVALID])
    assert carry_on(session, again).result["calls"] == 2
    assert states(session) == {"maybe_paid": 1, "stored": 11}
    last = retry_calls(session, get_settings(), ADA, run.id, [CompletionState.MAYBE_PAID])
    carry_on(session, last)
    assert states(session) == {"stored": 12}
    assert teacher.count == 15


def test_every_call_passes_the_caps_on_requests_and_tokens(
    session: Session, teacher: FakeTeacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[tuple[float, float]] = []

    class Recorder(AsyncLimiter):
        async def acquire(self, amount: float = 1) -> None:
            assert self.time_period == 60
            taken.append((self.max_rate, amount))

    monkeypatch.setattr(pacing, "AsyncLimiter", Recorder)
    config = config_for(
        teacher, limit=6, requests_per_minute=7, tokens_per_minute=9000, max_tokens=100
    )
    generate(session, config)
    requests = [amount for rate, amount in taken if rate == 7]
    tokens = [amount for rate, amount in taken if rate == 9000]
    assert requests == [1] * 6
    assert len(tokens) == 6
    assert all(200 < amount < 500 for amount in tokens)  # the prompt's, and the longest answer's


def test_a_cancelled_run_does_not_sit_its_limits_out(
    session: Session, teacher: FakeTeacher, settings: Settings
) -> None:
    run_id = start_generation(
        session, get_settings(), ADA, config_for(teacher, requests_per_minute=1)
    )

    def cancel(_number: int) -> str:
        with open_session(settings.resolved_database_url) as other:
            request_cancel(other, ADA, run_id)
        return "ok"

    teacher.faults = cancel
    assert carry_on(session, run_id).status is RunStatus.CANCELLED
    assert teacher.count == 1


def test_the_run_says_how_far_it_is(session: Session, teacher: FakeTeacher) -> None:
    run = generate(session, config_for(teacher))
    assert (run.progress_done, run.progress_total) == (12, 12)


def test_rationales_are_checked_as_they_come(session: Session, teacher: FakeTeacher) -> None:
    teacher.answer = lambda _prompt: "As an AI language model, I cannot answer that."
    generate(session, config_for(teacher, limit=1))
    session.rollback()
    assert (session.scalar(select(RationaleRow.risk)) or 0) > 0
