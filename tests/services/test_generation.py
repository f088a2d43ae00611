from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiolimiter import AsyncLimiter
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import db.session
from db.models import AttemptRow, CompletionRow, RationaleRow, RevisionRow, RunRow
from db.session import open_session, write
from scicot.adapters.clock import utc_now
from scicot.pure.teacher_prompts import BUILT_IN
from scicot.services import pacing
from scicot.services.generation import retry_calls, run_generation, start_generation
from scicot.services.ledger_writer import Spool
from scicot.services.prices import set_price
from scicot.services.prompts import save_prompt
from scicot.services.runs import request_cancel
from scicot.services.worker import run_worker
from scicot.words.configs import GenerationConfig
from scicot.words.errors import Conflict, InvalidConfig, TeacherRefused
from scicot.words.records import CompletionState, RunKind, RunStatus
from scicot.words.settings import Settings, get_settings
from scicot.words.teaching import PromptParts
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher, always, in_order, serve
from tests.services.teacher_runs import (
    ADA,
    carry_on,
    config_for,
    generate,
    outcomes,
    resume,
    states,
)


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTeacher]:
    monkeypatch.setenv("SCICOT_TEACHER_RETRY_SECONDS", "0.01")
    get_settings.cache_clear()
    with serve(FakeTeacher()) as served:
        yield served


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=12, validation=0, test=0)


pytestmark = pytest.mark.usefixtures("questions")


def rationales(session: Session) -> list[tuple[int, int, str]]:
    """Return (question id, sample, text) of every rationale."""
    session.rollback()
    rows = session.execute(
        select(RationaleRow.question_id, RationaleRow.sample, RevisionRow.text)
        .join(RevisionRow, RevisionRow.id == RationaleRow.revision_id)
        .order_by(RationaleRow.question_id, RationaleRow.sample)
    )
    return [tuple(row) for row in rows]


def give_price(session: Session, input_usd: float = 1.0, output_usd: float = 10.0) -> None:
    set_price(
        session,
        ADA,
        "fake",
        input_usd=input_usd,
        output_usd=output_usd,
        as_of=date(2026, 11, 24),
    )


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
    start_generation(session, ADA, config_for(teacher))
    with pytest.raises(Conflict, match="exactly this"):
        start_generation(session, ADA, config_for(teacher))


def test_two_workers_pay_once_for_each_question(
    session: Session, teacher: FakeTeacher, settings: Settings
) -> None:
    teacher.latency = 0.02
    runs = [
        start_generation(session, ADA, config_for(teacher, concurrency=workers))
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
    run_id = start_generation(session, ADA, config_for(teacher, concurrency=2))
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
        start_generation(session, ADA, config_for(teacher, budget_usd=1.0))


def test_a_cost_nobody_knows_is_none_and_not_nothing(
    session: Session, teacher: FakeTeacher
) -> None:
    assert generate(session, config_for(teacher)).result["cost_usd"] is None
    give_price(session)
    priced = generate(session, config_for(teacher, max_tokens=99))
    assert priced.result["cost_usd"] == pytest.approx(12 * 0.0003)


def test_without_a_key_the_error_says_where_to_put_it(session: Session) -> None:
    with pytest.raises(TeacherRefused, match=r"OPENAI_API_KEY.*starter teacher"):
        start_generation(session, ADA, GenerationConfig.checked(dataset="demo"))


def test_samples_are_asked_for_one_by_one_and_kept_apart(
    session: Session, teacher: FakeTeacher
) -> None:
    generate(session, config_for(teacher, limit=2, samples=3, temperature=0.7))
    assert teacher.count == 6
    assert [sample for _, sample, _ in rationales(session)] == [0, 1, 2, 0, 1, 2]


def test_samples_at_temperature_zero_are_refused(session: Session, teacher: FakeTeacher) -> None:
    with pytest.raises(InvalidConfig, match="temperature"):
        start_generation(session, ADA, config_for(teacher, samples=2))


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
    again = retry_calls(session, ADA, run.id, [CompletionState.INVALID])
    assert carry_on(session, again).result["calls"] == 2
    assert states(session) == {"maybe_paid": 1, "stored": 11}
    last = retry_calls(session, ADA, run.id, [CompletionState.MAYBE_PAID])
    carry_on(session, last)
    assert states(session) == {"stored": 12}
    assert teacher.count == 15


def leave_in_flight(session: Session, run_id: int, body: str | None) -> None:
    """Bring the ledger to where a worker killed during a call would leave it."""
    with write(session):
        completion = session.scalars(select(CompletionRow)).first()
        assert completion is not None
        completion.state = CompletionState.IN_FLIGHT
        completion.worker = "killed"
        completion.attempts = 1
        completion.raw_body = body
        session.add(
            AttemptRow(
                completion_id=completion.id,
                run_id=run_id,
                number=1,
                sent_at=utc_now(),
                http_status=200 if body else None,
            )
        )


def planned_run(session: Session, teacher: FakeTeacher, **values: Any) -> int:
    """Return a run whose calls are planned and none is sent: the teacher's key is not accepted."""
    teacher.faults = always("401")
    run = generate(session, config_for(teacher, concurrency=1, **values))
    teacher.faults = in_order()
    with write(session):
        session.execute(update(CompletionRow).values(attempts=0))
        session.query(AttemptRow).delete()
    teacher.count = 0
    return run.id


def test_a_call_left_in_flight_may_have_been_paid_and_is_not_sent_again(
    session: Session, teacher: FakeTeacher
) -> None:
    run_id = planned_run(session, teacher)
    leave_in_flight(session, run_id, None)
    run = resume(session, run_id)
    assert run.status is RunStatus.DONE
    assert states(session) == {"maybe_paid": 1, "stored": 11}
    assert teacher.count == 11


def test_a_call_left_in_flight_at_a_teacher_that_costs_nothing_is_simply_asked_again(
    session: Session, teacher: FakeTeacher
) -> None:
    give_price(session, 0.0, 0.0)
    run_id = planned_run(session, teacher)
    leave_in_flight(session, run_id, None)
    assert resume(session, run_id).result["stored"] == 12
    assert states(session) == {"stored": 12}


def test_a_body_stored_before_the_kill_is_read_and_not_bought_again(
    session: Session, teacher: FakeTeacher
) -> None:
    run_id = planned_run(session, teacher)
    body = '{"choices": [{"message": {"content": "Kept."}, "finish_reason": "stop"}]}'
    leave_in_flight(session, run_id, body)
    resume(session, run_id)
    assert states(session) == {"stored": 12}
    assert teacher.count == 11
    assert "Kept." in [text for _, _, text in rationales(session)]


def test_a_call_that_another_living_run_has_in_flight_is_left_to_it(
    session: Session, teacher: FakeTeacher, settings: Settings
) -> None:
    run_id = planned_run(session, teacher)
    leave_in_flight(session, run_id, None)
    other = start_generation(session, ADA, config_for(teacher, limit=1))
    with write(session):  # the holder is alive: its heart beats, and will have stopped in 29 s
        session.execute(
            update(RunRow)
            .where(RunRow.id == run_id)
            .values(
                worker="killed",
                status=RunStatus.RUNNING,
                heartbeat_at=utc_now() - timedelta(seconds=29),
            )
        )
    run = carry_on(session, other)
    assert run.status is RunStatus.DONE
    assert teacher.count == 0
    assert states(session)["maybe_paid"] == 1


def test_a_locked_database_costs_no_answer(
    session: Session,
    teacher: FakeTeacher,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(db.session, "BUSY_TIMEOUT_MS", 100)
    db.session.get_engine.cache_clear()
    spooled = threading.Event()
    append = Spool.append

    def append_and_tell(self: Spool, lines: Any) -> None:
        append(self, lines)
        spooled.set()

    monkeypatch.setattr(Spool, "append", append_and_tell)
    run_id = start_generation(session, ADA, config_for(teacher, limit=3, concurrency=1))
    session.rollback()
    locker: list[sqlite3.Connection] = []

    def lock_at_the_second(number: int) -> str:
        if number == 2:
            connection = sqlite3.connect(
                settings.home_folder / "scicot.db", check_same_thread=False, isolation_level=None
            )
            connection.execute("BEGIN IMMEDIATE")
            locker.append(connection)
            threading.Thread(target=unlock, daemon=True).start()
        return "ok"

    def unlock() -> None:
        spooled.wait(20)
        locker[0].rollback()
        locker[0].close()

    teacher.faults = lock_at_the_second
    run = carry_on(session, run_id)
    assert spooled.is_set()
    assert run.status is RunStatus.DONE
    assert run.result["stored"] == teacher.count == 3
    assert outcomes(session) == {"stored": 3}
    db.session.get_engine.cache_clear()


def test_an_answer_in_the_spool_is_stored_at_the_next_start(
    session: Session, teacher: FakeTeacher, settings: Settings
) -> None:
    run_id = planned_run(session, teacher)
    leave_in_flight(session, run_id, None)
    attempt = session.scalars(select(AttemptRow)).one()
    line = {
        "completion_id": attempt.completion_id,
        "attempt_id": attempt.id,
        "number": 1,
        "status": 200,
        "body": '{"choices": [{"message": {"content": "Spooled."}, "finish_reason": "stop"}]}',
    }
    spool = Spool(settings.artifacts_folder / "spool" / f"run-{run_id}.jsonl")
    spool.append([line])
    resume(session, run_id)
    assert states(session) == {"stored": 12}
    assert teacher.count == 11
    assert "Spooled." in [text for _, _, text in rationales(session)]
    assert spool.read() == []


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
    run_id = start_generation(session, ADA, config_for(teacher, requests_per_minute=1))

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
