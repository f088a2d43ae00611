"""What a kill, a lock or another run leaves behind, and that none of it is bought again."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import db.session
import db.sqlite_file
from db.models import AttemptRow, CompletionRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.teacher.spool import Spool
from scicot.services.teacher.generation import start_generation
from scicot.words.records import CompletionState, RunStatus
from scicot.words.settings import Settings, get_settings
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher, always, in_order
from tests.services.teacher_runs import (
    ADA,
    carry_on,
    config_for,
    generate,
    give_price,
    outcomes,
    rationales,
    resume,
    states,
)


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=12, validation=0, test=0)


pytestmark = pytest.mark.usefixtures("questions")


def leave_in_flight(session: Session, run_id: int, body: str | None) -> None:
    """Bring the ledger to where a worker killed during a call would leave it."""
    with write(session):
        completion = session.scalars(select(CompletionRow).order_by(CompletionRow.id)).first()
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
    other = start_generation(session, get_settings(), ADA, config_for(teacher, limit=1))
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
    assert run.status is RunStatus.FAILED  # its only call may have been paid, and has no text
    assert teacher.count == 0
    assert states(session)["maybe_paid"] == 1


@pytest.mark.sqlite
def test_a_locked_database_costs_no_answer(
    session: Session,
    teacher: FakeTeacher,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(db.sqlite_file, "BUSY_TIMEOUT_MS", 100)
    db.session.get_engine.cache_clear()
    spooled = threading.Event()
    append = Spool.append

    def append_and_tell(self: Spool, lines: Any) -> None:
        append(self, lines)
        spooled.set()

    monkeypatch.setattr(Spool, "append", append_and_tell)
    run_id = start_generation(
        session, get_settings(), ADA, config_for(teacher, limit=3, concurrency=1)
    )
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
