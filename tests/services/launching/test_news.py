"""What a parcel that is out tells of its run, and what is made of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.parcel_folders import PROGRESS
from scicot.adapters.parcel_news import ALIVE, CANCEL, News, read_news, result_path, work_folder
from scicot.services.launching import tending, travelling
from scicot.services.runs.runs import get_run, list_metrics
from scicot.services.runs.steering import request_cancel
from scicot.services.workspace import Workspace
from scicot.words.errors import RunNotInState
from scicot.words.records import RunStatus
from tests.services.launching.noting import ADA, ODD_NEWS, POINT, NotingCluster, send, send_parcel
from tests.services.runs.noting import age_heartbeat, new_run


def test_a_parcel_in_sight_is_followed_without_its_cluster(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run_id = send_parcel(workspace, tmp_path / "run.tar")
    with write(workspace):
        workspace.get_one(RunRow, run_id).launcher = "slurm"
        launch = workspace.get_one(LaunchRow, run_id)
        launch.ticket, launch.seen_at = "17", utc_now()
    monkeypatch.setattr(tending, "is_at_hand", lambda _name: False)
    workspace.tend()  # whoever looked just now may reach the cluster
    assert get_run(workspace, run_id).status is RunStatus.QUEUED
    monkeypatch.setattr(tending, "LEFT_AFTER", timedelta(0))
    workspace.tend()
    assert get_run(workspace, run_id).status is RunStatus.RUNNING


@pytest.mark.parametrize("odd", ODD_NEWS, ids=json.dumps)
def test_what_follows_an_odd_line_is_heard(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path, odd: dict[str, Any]
) -> None:
    parcel = tmp_path / "run.tar"
    run_id = send_parcel(workspace, parcel)
    lines = (odd, {"done": 3, "total": 9, "message": "on it", "metrics": [POINT]})
    told = "".join(f"{json.dumps(line)}\n" for line in lines)
    (work_folder(parcel) / PROGRESS).write_text(told)
    workspace.tend()
    run = get_run(workspace, run_id)
    assert (run.status, run.progress_done, run.message) == (RunStatus.RUNNING, 3, "on it")
    assert [point.value for point in list_metrics(workspace, run_id)] == [1.5]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (PermissionError(13, "Permission denied", "/shared/run.work"), "Cannot use /shared/run"),
        (IntegrityError("INSERT", {}, Exception("NOT NULL")), "cannot be stored (IntegrityError)"),
    ],
)
def test_one_runs_trouble_is_told_and_is_not_the_others(
    workspace: Workspace,
    slurm: NotingCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Exception,
    said: str,
) -> None:
    first, second = (send_parcel(workspace, tmp_path / f"{name}.tar") for name in "ab")

    def read(parcel: Path, read_bytes: int) -> News | None:
        if parcel.stem == "a":
            raise trouble
        return read_news(parcel, read_bytes)

    monkeypatch.setattr(travelling, "read_news", read)
    local = new_run(workspace)
    assert workspace.tend() == [local]
    assert said in get_run(workspace, first).message
    assert get_run(workspace, second).status is RunStatus.RUNNING


def test_half_a_line_is_read_once_it_is_whole(tmp_path: Path) -> None:
    parcel = tmp_path / "run.tar"
    assert read_news(parcel, 0) is None
    work_folder(parcel).mkdir()
    path = work_folder(parcel) / PROGRESS
    path.write_bytes(b'{"done": 1}\n{"don')
    news = read_news(parcel, 0)
    assert news is not None
    assert list(news.events) == [{"done": 1}]
    path.write_bytes(b'{"done": 1}\n{"done": 2}\nno JSON\n{"done": 3}\n')
    more = read_news(parcel, news.read_bytes)
    assert more is not None
    assert [event["done"] for event in more.events] == [2, 3]


def test_a_stopped_run_may_be_taken_back_from_the_cluster(
    workspace: Workspace, slurm: NotingCluster
) -> None:
    run_id = send(workspace)
    with pytest.raises(RunNotInState, match="Cancel it first"):
        workspace.start_here(ADA, run_id)
    workspace.cancel(ADA, run_id)
    assert workspace.start_here(ADA, run_id).launcher == "local"
    resume = get_run(workspace, run_id)
    assert resume.status is RunStatus.STARTING


def test_a_carried_run_that_is_done_there_stays_so_while_its_worker_writes_the_result(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path
) -> None:
    parcel = tmp_path / "run.tar"
    run_id = send_parcel(workspace, parcel)
    (work_folder(parcel) / PROGRESS).write_text(json.dumps({"status": "done"}) + "\n")
    workspace.tend()
    assert "its result is being written" in get_run(workspace, run_id).message
    result_path(parcel).touch()
    for _ in range(2):  # the worker shows that it lives until it has ended
        (work_folder(parcel) / ALIVE).write_text(utc_now().isoformat())
        workspace.tend()
        run = get_run(workspace, run_id)
        assert run.status is RunStatus.QUEUED
        assert run.message == f"Done there; `runs take-in {result_path(parcel)}` brings its result."
    age_heartbeat(workspace, run_id)
    assert get_run(workspace, run_id).status is RunStatus.QUEUED


def test_a_run_that_was_cancelled_while_its_worker_was_out_of_hearing_is_stopped_there(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path
) -> None:
    parcel = tmp_path / "run.tar"
    run_id = send_parcel(workspace, parcel)
    workspace.tend()
    age_heartbeat(workspace, run_id)  # the folder shows no sign of life for a while
    assert request_cancel(workspace, ADA, run_id).status is RunStatus.CANCELLED
    workspace.tend()
    assert (work_folder(parcel) / CANCEL).exists()
