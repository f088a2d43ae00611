from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import AttemptRow, BatchRow, RationaleRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.teacher.batch import BatchClient
from scicot.services.runs.steering import request_cancel
from scicot.services.system.invariants import find_violations
from scicot.services.teacher.generation import start_generation
from scicot.services.teacher.prices import set_price
from scicot.services.workspace import open_workspace
from scicot.words.errors import InvalidConfig
from scicot.words.records import RunStatus
from scicot.words.settings import get_settings
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher, in_order, serve
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
    monkeypatch.setenv("SCICOT_TEACHER_POLL_SECONDS", "0.01")
    get_settings.cache_clear()
    with serve(FakeTeacher()) as served:
        yield served


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=6, validation=0, test=0)


pytestmark = pytest.mark.usefixtures("questions")


class Killed(BaseException):
    """The worker's process ends here: nothing after this line happens."""


def killed_at(monkeypatch: pytest.MonkeyPatch, method: str, *, after: bool) -> None:
    """Make the worker die before or after this call of the batch endpoint, once."""
    original = getattr(BatchClient, method)

    def die(self: BatchClient, *values: Any) -> Any:
        monkeypatch.setattr(BatchClient, method, original)
        if after:
            original(self, *values)
        raise Killed

    monkeypatch.setattr(BatchClient, method, die)


def die_and_resume(session: Session, config: Any) -> Any:
    run_id = start_generation(session, get_settings(), ADA, config)
    with pytest.raises(Killed):
        carry_on(session, run_id)
    session.rollback()
    bury(session, run_id)
    return resume(session, run_id)


def bury(session: Session, run_id: int) -> None:
    with write(session):
        stopped = utc_now() - timedelta(minutes=1)
        session.execute(update(RunRow).where(RunRow.id == run_id).values(heartbeat_at=stopped))


def test_a_batch_is_joined_by_id_and_costs_half(session: Session, teacher: FakeTeacher) -> None:
    set_price(session, ADA, "fake", input_usd=1.0, output_usd=10.0, as_of=date(2026, 11, 24))
    teacher.answer = lambda prompt: f"It follows for number {prompt.split('number ')[1][:2]}."
    run = generate(session, config_for(teacher, batch=True))
    assert run.status is RunStatus.DONE
    assert run.result["stored"] == 6
    assert run.result["cost_usd"] == pytest.approx(6 * 0.0003 / 2)
    assert len(teacher.batches) == 1
    session.rollback()
    assert len(session.scalars(select(RationaleRow)).all()) == 6
    assert find_violations(session) == []
    assert generate(session, config_for(teacher, batch=True)).result["calls"] == 0


def test_a_batch_keeps_to_the_budget(session: Session, teacher: FakeTeacher) -> None:
    set_price(session, ADA, "fake", input_usd=1.0, output_usd=10.0, as_of=date(2026, 11, 24))
    run = generate(session, config_for(teacher, batch=True, budget_usd=0.0005, max_tokens=32))
    assert run.error
    assert "budget" in run.error
    session.rollback()
    assert sum(session.scalars(select(AttemptRow.cost_usd))) <= 0.0005
    assert states(session)["stored"] == teacher.count > 0
    assert states(session)["pending"] == 6 - teacher.count


def test_what_fails_in_a_batch_is_sent_again_alone(session: Session, teacher: FakeTeacher) -> None:
    teacher.faults = in_order("500", "ok", "503")
    run = generate(session, config_for(teacher, batch=True))
    assert run.result["stored"] == 6
    sizes = [batch["request_counts"]["total"] for batch in teacher.batches.values()]
    assert sizes == [6, 2]


def test_a_result_that_is_missing_may_have_been_paid(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = in_order("no_line")
    generate(session, config_for(teacher, batch=True))
    assert states(session) == {"maybe_paid": 1, "stored": 5}


@pytest.mark.parametrize(
    ("method", "after"),
    [
        ("upload", False),
        ("upload", True),
        ("create", False),
        ("create", True),
        ("look", False),
        ("download", True),
    ],
)
def test_a_batch_survives_a_worker_killed_at_any_step(
    session: Session,
    teacher: FakeTeacher,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    after: bool,
) -> None:
    killed_at(monkeypatch, method, after=after)
    run = die_and_resume(session, config_for(teacher, batch=True))
    assert run.status is RunStatus.DONE
    assert run.result["stored"] == 6
    assert len(teacher.batches) == 1
    assert teacher.count == 6
    session.rollback()
    assert find_violations(session) == []


def test_a_cancelled_batch_is_stopped_at_the_server_and_gives_back_what_it_did_not_do(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.looks_until_done = 10**9
    run_id = start_generation(session, get_settings(), ADA, config_for(teacher, batch=True))
    started = BatchClient.create

    def create_then_cancel(self: BatchClient, *values: Any) -> Any:
        job = started(self, *values)
        with open_workspace() as other:
            request_cancel(other, ADA, run_id)
        return job

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BatchClient, "create", create_then_cancel)
        run = carry_on(session, run_id)
    assert run.status is RunStatus.CANCELLED
    assert next(iter(teacher.batches.values()))["status"] == "cancelled"
    teacher.looks_until_done = 0
    assert resume(session, run_id).result["stored"] == 6


def test_a_refused_batch_says_why_and_leaves_everything_pending(
    session: Session, teacher: FakeTeacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeTeacher, "_finish_batch", lambda _self, batch: batch.update(FAILED))
    run = generate(session, config_for(teacher, batch=True))
    assert run.status is RunStatus.FAILED
    assert run.error
    assert "Too many lines" in run.error
    assert states(session) == {"pending": 6}
    session.rollback()
    assert session.scalars(select(BatchRow.status)).all() == ["failed"]
    assert set(session.scalars(select(AttemptRow.cost_usd))) == {0.0}


FAILED = {
    "status": "failed",
    "errors": {"object": "list", "data": [{"code": "too_many", "message": "Too many lines"}]},
}


def test_the_starter_teacher_has_no_batches(session: Session, teacher: FakeTeacher) -> None:
    with pytest.raises(InvalidConfig, match="no batch endpoint"):
        generate(session, config_for(teacher).model_copy(update={"teacher": "starter", "batch": 1}))


def test_parameters_that_a_batch_was_refused_for_are_left_out_of_the_next(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.refuses = ("max_tokens",)
    run = generate(session, config_for(teacher, batch=True))
    assert run.result["stored"] == 6
    assert len(teacher.batches) == 2
    assert outcomes(session) == {"unavailable": 6, "stored": 6}
