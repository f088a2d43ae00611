import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import open_session, write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.local import WorkerProcess
from scicot.services.evaluation.comparison import list_predicted_runs
from scicot.services.runs.context import RunContext
from scicot.services.runs.lost import LOST_AFTER
from scicot.services.runs.queue import list_queue, tend_queue
from scicot.services.runs.runs import (
    MetricPoint,
    add_run,
    create_lone_run,
    create_run,
    get_run,
    list_active,
    list_metrics,
    list_runs,
)
from scicot.services.runs.steering import move_to_front, request_cancel, resume_run
from scicot.services.runs.worker import claim_run, run_worker
from scicot.services.system.backups import back_up, restore
from scicot.services.workspace import Workspace
from scicot.words.errors import Conflict, NotFound, RunNotInState, StudentError
from scicot.words.records import Actor, RunKind, RunStatus, Split
from scicot.words.settings import PARCEL, Settings
from tests.builders import store_questions
from tests.predictions import store_run

NOBODY = WorkerProcess("elsewhere", 1, 0.0)

NO_MEMORY = (
    "The machine ran out of memory. Lower tokens_per_batch, or set SCICOT_TRAINING_MEMORY_MB: long "
    "texts are then computed in less, and slower."
)


class NotingLauncher:
    """Starts no process, and keeps what it was asked to start."""

    def __init__(self, process: WorkerProcess = NOBODY) -> None:
        self.run_ids: list[int] = []
        self.process = process

    def launch(self, settings: Settings, run_id: int) -> WorkerProcess:
        self.run_ids.append(run_id)
        return self.process


class FullLauncher:
    """Finds no room for a run's log."""

    def launch(self, settings: Settings, run_id: int) -> WorkerProcess:
        raise OSError(30, "Read-only file system", str(settings.artifacts_folder / "logs"))


def new_run(session: Session, kind: RunKind = RunKind.TRAIN, name: str = "a run") -> int:
    return create_run(session, Actor("Ada"), kind=kind, name=name, config={"epochs": 1})


def age_heartbeat(session: Session, run_id: int) -> None:
    with write(session):
        old = utc_now() - LOST_AFTER - timedelta(seconds=1)
        session.execute(update(RunRow).where(RunRow.id == run_id).values(heartbeat_at=old))


def test_a_run_carries_its_config_hash_versions_and_actor(session: Session) -> None:
    run = get_run(session, new_run(session))
    assert run.status is RunStatus.QUEUED
    assert run.config == {"epochs": 1}
    assert len(run.config_hash) == 64
    assert run.actor == "Ada"
    assert run.code_version.startswith("0.1.0+")
    assert "torch" in run.packages


def test_an_unknown_run_is_named(session: Session) -> None:
    with pytest.raises(NotFound, match="no run 99"):
        get_run(session, 99)


def test_a_run_whose_process_takes_a_minute_to_start_is_not_lost(
    session: Session, settings: Settings
) -> None:
    slow = subprocess.Popen(["sleep", "60"])
    process = WorkerProcess(socket.gethostname(), slow.pid, psutil.Process(slow.pid).create_time())
    run_id = new_run(session)
    assert tend_queue(session, settings, NotingLauncher(process)) == [run_id]
    with write(session):
        old = utc_now() - LOST_AFTER - timedelta(seconds=1)
        session.execute(update(RunRow).where(RunRow.id == run_id).values(launched_at=old))
    assert get_run(session, run_id).status is RunStatus.STARTING
    slow.kill()
    slow.wait()
    assert get_run(session, run_id).status is RunStatus.LOST


def test_after_the_machine_was_rebooted_nothing_claims_to_run(session: Session) -> None:
    before = psutil.boot_time() - 100
    taken = (1, os.getpid(), os.getppid())  # numbers that other processes have got since
    runs = [new_run(session) for _ in taken]
    for run_id, pid in zip(runs, taken, strict=True):
        claim_run(session, run_id, "w")
        with write(session):
            row = session.get_one(RunRow, run_id)
            row.host, row.pid, row.pid_started = socket.gethostname(), pid, before
        age_heartbeat(session, run_id)
    assert [get_run(session, run_id).status for run_id in runs] == [RunStatus.LOST] * len(runs)
    assert list_active(session) == []
    resume_run(session, Actor("Ada"), runs[0])
    assert get_run(session, runs[0]).status is RunStatus.QUEUED


@pytest.mark.parametrize(("started_before", "is_lost"), [(0.0, False), (100.0, True)])
def test_a_number_that_another_process_has_got_by_now_is_not_the_worker(
    session: Session, *, started_before: float, is_lost: bool
) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        began = psutil.Process(other.pid).create_time() - started_before
        run_id = new_run(session)
        claim_run(session, run_id, "w")
        with write(session):
            row = session.get_one(RunRow, run_id)
            row.host, row.pid, row.pid_started = socket.gethostname(), other.pid, began
        age_heartbeat(session, run_id)
        status = get_run(session, run_id).status
        assert status is (RunStatus.LOST if is_lost else RunStatus.RUNNING)
        request_cancel(session, Actor("Ada"), run_id)
        assert other.poll() is None  # a run is asked to stop by its row, and no number is killed
        other.kill()


def test_two_apps_that_look_at_once_start_each_run_once(
    session: Session, settings: Settings
) -> None:
    runs = [new_run(session, RunKind.GENERATE) for _run in range(6)]
    session.commit()
    apps = [NotingLauncher() for _app in range(3)]
    at_once = threading.Barrier(len(apps))

    def look(launcher: NotingLauncher) -> list[int]:
        with Workspace(settings, launcher) as workspace:
            at_once.wait(20)
            return workspace.tend()

    with ThreadPoolExecutor(len(apps)) as pool:
        launched = [run_id for some in pool.map(look, apps) for run_id in some]
    assert sorted(launched) == runs
    assert sorted(run_id for app in apps for run_id in app.run_ids) == runs


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


def test_a_queued_run_is_cancelled_at_once(session: Session) -> None:
    run_id = new_run(session)
    assert request_cancel(session, Actor("Ada"), run_id).status is RunStatus.CANCELLED
    assert not claim_run(session, run_id, "late worker")


def test_a_silent_worker_reads_as_lost_and_its_run_can_be_resumed(session: Session) -> None:
    run_id = new_run(session)
    claim_run(session, run_id, "gone")
    assert get_run(session, run_id).status is RunStatus.RUNNING
    age_heartbeat(session, run_id)
    assert get_run(session, run_id).status is RunStatus.LOST
    assert resume_run(session, Actor("Ada"), run_id).status is RunStatus.QUEUED
    assert claim_run(session, run_id, "fresh")


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


def test_a_finished_run_cannot_be_resumed(session: Session, settings: Settings) -> None:
    run_id = new_run(session)
    run_worker(run_id, settings, {RunKind.TRAIN: lambda _context: {}})
    with pytest.raises(RunNotInState, match=f"Run {run_id} is done"):
        resume_run(session, Actor("Ada"), run_id)


def test_trainings_wait_for_the_slot_and_a_teacher_does_not(
    session: Session, settings: Settings
) -> None:
    launcher = NotingLauncher()
    first, second = new_run(session), new_run(session)
    teacher = new_run(session, RunKind.GENERATE)
    assert tend_queue(session, settings, launcher) == [first, teacher]
    assert tend_queue(session, settings, launcher) == []
    claim_run(session, first, "w")
    age_heartbeat(session, first)  # killed: its slot is free again
    assert tend_queue(session, settings, launcher) == [second]
    assert launcher.run_ids == [first, teacher, second]


def test_a_run_moved_up_starts_before_older_ones(session: Session, settings: Settings) -> None:
    first, second = new_run(session), new_run(session)
    assert list_queue(session) == [first, second]
    move_to_front(session, Actor("Ada"), second)
    assert list_queue(session) == [second, first]
    assert tend_queue(session, settings, NotingLauncher()) == [second]
    request_cancel(session, Actor("Ada"), first)
    with pytest.raises(RunNotInState, match="not waiting"):
        move_to_front(session, Actor("Ada"), first)


def test_a_run_that_waits_elsewhere_is_not_moved_in_the_queue_here(session: Session) -> None:
    run_id = new_run(session)
    with write(session):
        session.get_one(RunRow, run_id).launcher = PARCEL
    with pytest.raises(RunNotInState, match=rf"elsewhere \(parcel\).*`runs start {run_id}`"):
        move_to_front(session, Actor("Ada"), run_id)


def test_a_packed_run_that_is_resumed_says_that_nothing_starts_it_here(session: Session) -> None:
    run_id = new_run(session)
    with write(session):
        session.get_one(RunRow, run_id).launcher = PARCEL
    request_cancel(session, Actor("Ada"), run_id)
    run = resume_run(session, Actor("Ada"), run_id)
    assert run.status is RunStatus.QUEUED
    assert list_queue(session) == []
    assert f"`work` goes on with its parcel; `runs start {run_id}`" in run.message


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


def test_runs_are_listed_newest_first_and_by_status(session: Session) -> None:
    first, second = new_run(session), new_run(session)
    claim_run(session, second, "w")
    assert [run.id for run in list_runs(session)] == [second, first]
    assert [run.id for run in list_runs(session, statuses=[RunStatus.QUEUED])] == [first]


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


@pytest.mark.sqlite
def test_a_running_run_is_seen_behind_any_number_of_newer_ones(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    running, silent = new_run(session), new_run(session)
    claim_run(session, running, "w")
    claim_run(session, silent, "gone")
    age_heartbeat(session, silent)
    with write(session):
        for _ in range(250):
            add_run(
                session,
                Actor("Ada"),
                kind=RunKind.IMPORTED,
                name="newer",
                config={},
                status=RunStatus.DONE,
            )
    assert [run.id for run in list_runs(session, statuses=[RunStatus.RUNNING])] == [running]
    assert [run.id for run in list_runs(session, statuses=[RunStatus.LOST])] == [silent]
    assert len(list_runs(session, limit=None)) == 252
    with pytest.raises(Conflict, match=f"Run {silent} has exactly these settings"):
        create_lone_run(
            session, Actor("Ada"), kind=RunKind.TRAIN, name="twice", config={"epochs": 1}
        )
    if not settings.resolved_database_url.startswith("sqlite"):
        return  # backups are for SQLite
    back_up(settings, tmp_path / "backup.db")
    with pytest.raises(Conflict, match=f"Run {running} is going"):
        restore(settings, tmp_path / "backup.db")


def test_a_predicted_run_is_listed_behind_any_number_of_others(
    session: Session, tmp_path: Path
) -> None:
    questions = store_questions(session, tmp_path / "data")[Split.TEST]
    predicted = store_run(session, questions, right=[0])
    with write(session):
        for _ in range(1001):
            add_run(session, Actor("Ada"), kind=RunKind.TRAIN, name="newer", config={})
    assert [run.id for run in list_predicted_runs(session, "demo")] == [predicted]
    assert list_predicted_runs(session, "elsewhere") == []


def test_a_run_whose_process_cannot_be_started_fails_with_the_reason_and_the_queue_goes_on(
    session: Session, settings: Settings
) -> None:
    first, second = new_run(session), new_run(session)
    assert tend_queue(session, settings, FullLauncher()) == []
    for run_id in (first, second):
        run = get_run(session, run_id)
        assert run.status is RunStatus.FAILED
        assert "read-only" in str(run.error)
    resume_run(session, Actor("Ada"), first)
    assert tend_queue(session, settings, NotingLauncher()) == [first]


def test_a_worker_that_was_last_heard_of_in_a_time_to_come_is_lost(session: Session) -> None:
    run_id = new_run(session)
    claim_run(session, run_id, "gone")
    with write(session):  # by a clock that went a year wrong, and was put back
        ahead = utc_now() + timedelta(days=365)
        values = {"heartbeat_at": ahead, "host": "elsewhere"}
        session.execute(update(RunRow).where(RunRow.id == run_id).values(**values))
    assert get_run(session, run_id).status is RunStatus.LOST
    assert [run.id for run in list_runs(session, statuses=[RunStatus.LOST])] == [run_id]
    assert list_runs(session, statuses=[RunStatus.RUNNING]) == []
