"""A run from its worker's side: claimed, reported, ended, taken over."""

import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.session import open_session
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import MetricPoint, create_run, get_run, list_metrics
from scicot.services.runs.steering import request_cancel, resume_run
from scicot.services.runs.worker import claim_run, run_worker
from scicot.services.workspace import Workspace
from scicot.words.errors import StudentError
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import Settings
from tests.services.runs.noting import age_heartbeat, new_run

NO_MEMORY = (
    "The machine ran out of memory. Lower tokens_per_batch, or set SCICOT_TRAINING_MEMORY_MB: long "
    "texts are then computed in less, and slower."
)


def test_only_one_of_two_workers_claims_a_run(session: Session) -> None:
    run_id = new_run(session)
    assert claim_run(session, run_id, "first")
    assert not claim_run(session, run_id, "second")


def test_the_row_says_what_the_machine_that_works_on_it_has(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = new_run(session)
    there = {"torch": "2.11.0+cu130"}
    monkeypatch.setattr("scicot.services.runs.worker.package_versions", lambda: there)
    monkeypatch.setattr("scicot.services.runs.worker.code_version", lambda: "0.1.0+there")
    assert claim_run(session, run_id, "elsewhere")
    run = get_run(session, run_id)
    assert (run.code_version, run.packages) == ("0.1.0+there", there)


def test_a_worker_reports_metrics_and_ends_done(session: Session, settings: Settings) -> None:
    run_id = new_run(session)

    def handler(context: RunContext) -> Mapping[str, Any]:
        context.report(done=1, total=2, message="half", metrics=[MetricPoint("s", "loss", 1, 9.0)])
        context.report(metrics=[MetricPoint("s", "loss", 1, 0.5)])
        return {"metrics": {"accuracy": 0.25}}

    assert run_worker(run_id, settings, {RunKind.TRAIN: handler}) is RunStatus.DONE
    run = get_run(session, run_id)
    assert (run.progress_done, run.progress_total, run.message) == (1, 2, "Done.")
    assert run.result == {"metrics": {"accuracy": 0.25}}
    assert list_metrics(session, run_id) == [MetricPoint("s", "loss", 1, 0.5)]


@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        (StudentError("No such student. Name another."), "No such student. Name another."),
        (
            OSError(28, "No space left on device"),
            "The disk is full: a file was not written. Make room, then try again.",
        ),
        (MemoryError(), NO_MEMORY),
        (
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
            NO_MEMORY,
        ),
        (
            RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."),
            "The GPU ran out of memory. Let fewer runs share it (SCICOT_TRAINING_SLOTS), or lower "
            "tokens_per_batch where it trained.",
        ),
    ],
)
def test_a_failed_run_keeps_the_reason(
    session: Session, settings: Settings, raised: Exception, sentence: str
) -> None:
    run_id = new_run(session)

    def handler(_context: RunContext) -> Mapping[str, Any]:
        raise raised

    assert run_worker(run_id, settings, {RunKind.TRAIN: handler}) is RunStatus.FAILED
    assert get_run(session, run_id).error == sentence


def test_an_unexpected_error_shows_an_id_and_no_detail(
    session: Session, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = new_run(session)

    def handler(_context: RunContext) -> Mapping[str, Any]:
        raise KeyError("secret-token")

    run_worker(run_id, settings, {RunKind.TRAIN: handler})
    error = get_run(session, run_id).error or ""
    assert error.startswith("Unexpected KeyError (error ")
    assert "secret-token" not in error
    assert "secret-token" in caplog.text


def test_a_running_run_stops_when_it_is_asked_to(session: Session, settings: Settings) -> None:
    run_id = new_run(session)
    started = threading.Event()

    def handler(context: RunContext) -> Mapping[str, Any]:
        started.set()
        assert context.cancel_event.wait(timeout=20)
        context.check_cancelled()
        return {}

    ended: list[RunStatus] = []
    worker = threading.Thread(
        target=lambda: ended.append(run_worker(run_id, settings, {RunKind.TRAIN: handler}))
    )
    worker.start()
    assert started.wait(timeout=20)
    request_cancel(session, Actor("Ada"), run_id)
    worker.join(timeout=20)
    assert ended == [RunStatus.CANCELLED]
    session.commit()  # a session reads as of its first look until it ends that look
    assert get_run(session, run_id).status is RunStatus.CANCELLED


def test_a_worker_whose_run_was_taken_over_writes_nothing_more(
    session: Session, settings: Settings
) -> None:
    run_id = new_run(session)
    claim_run(session, run_id, "old")
    stale = RunContext(run=get_run(session, run_id), settings=settings, worker="old")
    age_heartbeat(session, run_id)
    resume_run(session, Actor("Ada"), run_id)
    claim_run(session, run_id, "new")
    stale.report(done=7, message="I am still here")
    assert get_run(session, run_id).progress_done == 0


def test_a_run_of_students_that_does_not_look_up_is_ended_all_the_same(
    session: Session, settings: Settings
) -> None:
    run_id = new_run(session)
    left, started = threading.Event(), threading.Event()

    def handler(_context: RunContext) -> Mapping[str, Any]:
        started.set()
        left.wait(timeout=60)  # as a library that loads a model: it asks nobody
        return {}

    worker = threading.Thread(
        target=run_worker,
        args=(run_id, settings, {RunKind.TRAIN: handler}),
        kwargs={"leave": left.set},
    )
    worker.start()
    assert started.wait(timeout=20)
    request_cancel(session, Actor("Ada"), run_id)
    assert left.wait(timeout=30)
    session.commit()
    assert get_run(session, run_id).status is RunStatus.CANCELLED
    worker.join(timeout=20)
    session.commit()
    run = get_run(session, run_id)  # what it still did is not this run's any more
    assert (run.status, run.result) == (RunStatus.CANCELLED, {})


@pytest.mark.parametrize(
    ("kind", "teacher", "is_waited_for"),
    [
        (RunKind.GENERATE, "starter", False),
        (RunKind.JUDGE, "starter", False),
        (RunKind.ESTIMATE, None, False),
        (RunKind.GENERATE, "flan-t5@http://127.0.0.1:1", True),
        (RunKind.FEW_SHOT, "gpt-4o-mini", True),
    ],
)
def test_only_a_run_whose_teacher_may_be_paid_is_waited_for_when_it_is_cancelled(
    session: Session,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    kind: RunKind,
    teacher: str | None,
    *,
    is_waited_for: bool,
) -> None:
    monkeypatch.setattr("scicot.services.runs.worker.CANCEL_POLL_SECONDS", 0.02)
    monkeypatch.setattr("scicot.services.runs.worker.STOP_SECONDS", 0.02)
    config = {"teacher": teacher} if teacher else {}
    run_id = create_run(session, Actor("Ada"), kind=kind, name="a run", config=config)
    left = threading.Event()

    def handler(context: RunContext) -> Mapping[str, Any]:
        request_cancel(session, Actor("Ada"), run_id)
        assert context.cancel_event.wait(timeout=40)
        left.wait(timeout=1 if is_waited_for else 40)  # as an answer that is under way
        context.check_cancelled()
        return {}

    status = run_worker(run_id, settings, {kind: handler}, leave=left.set)
    assert (status, left.is_set()) == (RunStatus.CANCELLED, not is_waited_for)


def test_a_killed_worker_process_leaves_a_run_that_is_lost_and_resumes(
    session: Session, settings: Settings
) -> None:
    run_id = new_run(session)
    script = """
import sys, time
from scicot.services.runs.worker import run_worker
from scicot.words.records import RunKind
from scicot.words.settings import get_settings
def handler(context):
    print("running", flush=True)
    time.sleep(60)
run_worker(int(sys.argv[1]), get_settings(), {RunKind.TRAIN: handler})
"""
    worker = subprocess.Popen(
        [sys.executable, "-c", script, str(run_id)], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "running\n"
    worker.kill()
    worker.wait()
    worker.stdout.close()
    age_heartbeat(session, run_id)
    assert get_run(session, run_id).status is RunStatus.LOST
    resume_run(session, Actor("Ada"), run_id)
    with open_session(settings.resolved_database_url) as other:
        assert get_run(other, run_id).status is RunStatus.QUEUED
    assert run_worker(run_id, settings, {RunKind.TRAIN: lambda _c: {}}) is RunStatus.DONE


def test_waiting_returns_the_finished_run(session: Session, settings: Settings) -> None:
    run_id = new_run(session)
    run_worker(run_id, settings, {RunKind.TRAIN: lambda _context: {"metrics": {"n": 1}}})
    seen: list[RunStatus] = []
    with Workspace(settings, launcher=None) as workspace:
        run = workspace.wait(run_id, on_change=lambda changed: seen.append(changed.status))
    assert run.result == {"metrics": {"n": 1}}
    assert seen == [RunStatus.DONE]
