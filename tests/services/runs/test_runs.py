"""Runs as rows: what they carry, who waits for what, who is lost."""

import os
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.local import WorkerProcess
from scicot.services.evaluation.comparison import list_predicted_runs
from scicot.services.runs.lost import LOST_AFTER
from scicot.services.runs.queue import list_queue, tend_queue
from scicot.services.runs.runs import add_run, create_lone_run, get_run, list_active, list_runs
from scicot.services.runs.steering import move_to_front, request_cancel, resume_run
from scicot.services.runs.worker import claim_run, run_worker
from scicot.services.system.backups import back_up, restore
from scicot.services.workspace import Workspace
from scicot.words.errors import Conflict, NotFound, RunNotInState
from scicot.words.records import Actor, RunKind, RunStatus, Split
from scicot.words.settings import PARCEL, Settings
from tests.builders import store_questions
from tests.predictions import store_run
from tests.services.runs.noting import NotingLauncher, age_heartbeat, new_run


class FullLauncher:
    """Finds no room for a run's log."""

    def launch(self, settings: Settings, run_id: int) -> WorkerProcess:
        raise OSError(30, "Read-only file system", str(settings.artifacts_folder / "logs"))


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


def test_runs_are_listed_newest_first_and_by_status(session: Session) -> None:
    first, second = new_run(session), new_run(session)
    claim_run(session, second, "w")
    assert [run.id for run in list_runs(session)] == [second, first]
    assert [run.id for run in list_runs(session, statuses=[RunStatus.QUEUED])] == [first]


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
