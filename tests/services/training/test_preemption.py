"""A worker whose scheduler wants its machine back: it saves, ends, and its run goes on later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import MetricRow
from db.session import open_session
from scicot.adapters.parcel_news import read_news
from scicot.services.parcels.pack import pack_run
from scicot.services.runs import worker as workers
from scicot.services.runs.context import PUT_DOWN, RunContext
from scicot.services.runs.runs import get_run, list_metrics
from scicot.services.runs.worker import run_worker
from scicot.services.training.training import start_training
from scicot.words.launching import PREEMPTED_EXIT
from scicot.words.places import REPOSITORY
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import Settings
from tests.services.runs.noting import new_run
from tests.services.training_line import prepare, tiny_config
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")
WAIT = 120.0  # seconds; for what takes ten, on a machine with much to do
Begin = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def run_id(session: Session, settings: Settings, tmp_path: Path) -> int:
    """A run of a hundred steps or so that would be saved by itself at none of them."""
    prepare(session, tmp_path / "data")
    student = build_tiny_t5(tmp_path / "tiny-t5")
    config = tiny_config("finetune", student, epochs=40, checkpoint_every=10_000, selection="last")
    return start_training(session, settings, ADA, config)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """What starts a worker as Slurm does; those that go still are ended with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*command: str, **environment: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "scicot", *command],
                cwd=REPOSITORY,
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def until(holds: Callable[[], object]) -> None:
    give_up = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.05)


def steps(session: Session, run_id: int) -> list[int]:
    session.rollback()
    return [point.step for point in list_metrics(session, run_id, "loss")]


@pytest.mark.parametrize(
    "number", [signal.SIGUSR2, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_a_worker_that_slurm_warns_saves_its_step_and_its_run_goes_on_behind_it(
    session: Session, run_id: int, begin: Begin, number: signal.Signals
) -> None:
    worker = begin("run-worker", str(run_id), SLURM_JOB_ID="17")
    until(lambda: steps(session, run_id))
    worker.send_signal(number)
    assert worker.wait(WAIT) == PREEMPTED_EXIT
    before = steps(session, run_id)
    run = get_run(session, run_id)
    assert (run.status, run.message, run.error) == (RunStatus.QUEUED, PUT_DOWN, None)
    session.query(MetricRow).delete()
    session.commit()
    again = begin("run-worker", str(run_id), SLURM_JOB_ID="17", SLURM_RESTART_COUNT="1")
    assert again.wait(WAIT) == 0
    assert get_run(session, run_id).status is RunStatus.DONE
    assert min(steps(session, run_id)) == max(before) + 1, "no step is taken twice, none left out"


def test_work_on_a_parcel_that_is_warned_goes_on_behind_its_last_step(
    session: Session, settings: Settings, run_id: int, begin: Begin, tmp_path: Path
) -> None:
    parcel = tmp_path / "run.tar"
    pack_run(session, settings, ADA, run_id, parcel)

    def told() -> list[int]:
        news = read_news(parcel, 0)
        points: list[Mapping[str, Any]] = [
            point for event in (news.events if news else ()) for point in event.get("metrics", ())
        ]
        return [point["step"] for point in points if point["name"] == "loss"]

    work = begin("work", str(parcel))
    until(told)
    work.send_signal(signal.SIGTERM)
    assert work.wait(WAIT) == PREEMPTED_EXIT
    assert begin("work", str(parcel)).wait(WAIT) == 0
    assert told() == sorted(set(told())), "no step is taken twice"


def test_a_worker_that_comes_to_no_safe_point_leaves_all_the_same(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LEAVE_SECONDS", 0.0)
    run_id, left, preempted = new_run(session), threading.Event(), threading.Event()
    seen: list[RunStatus] = []

    def load(_context: RunContext) -> Mapping[str, Any]:
        preempted.set()
        assert left.wait(WAIT)
        return {}

    def leave() -> None:
        with open_session(settings.resolved_database_url) as other:
            seen.append(get_run(other, run_id).status)
        left.set()

    run_worker(run_id, settings, {RunKind.TRAIN: load}, leave=leave, preempted=preempted)
    assert seen == [RunStatus.QUEUED]


def test_what_fails_because_all_of_a_job_is_ended_does_not_fail_its_run(
    session: Session, settings: Settings
) -> None:
    run_id, preempted = new_run(session), threading.Event()

    def lose_a_helper(_context: RunContext) -> Mapping[str, Any]:
        preempted.set()
        raise RuntimeError("a helper has ended")

    handlers = {RunKind.TRAIN: lose_a_helper}
    status = run_worker(run_id, settings, handlers, preempted=preempted)
    assert status is RunStatus.QUEUED
