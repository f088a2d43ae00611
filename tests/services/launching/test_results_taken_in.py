"""A run that travels to a cluster in a parcel, and its result."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters import parcel_files
from scicot.adapters.clock import utc_now
from scicot.adapters.parcel_folders import PROGRESS
from scicot.adapters.parcel_news import ALIVE, CANCEL, result_path, work_folder
from scicot.cli.handlers import HANDLERS
from scicot.services.launching import launches, settling
from scicot.services.launching.launches import send_run
from scicot.services.parcels import take_in
from scicot.services.parcels.work import work_parcel
from scicot.services.runs.runs import get_run, list_metrics
from scicot.services.runs.steering import request_cancel
from scicot.services.training.training import start_training
from scicot.services.upkeep.labels import rename_dataset, rename_run, rename_snapshot
from scicot.services.workspace import Workspace
from scicot.words.errors import StorageError
from scicot.words.launching import Phase, Seen, SlurmOptions
from scicot.words.records import RunStatus
from scicot.words.settings import Settings
from tests.services.launching.noting import ADA, GOES, ODD_NEWS, NotingCluster, send_parcel
from tests.services.training_line import prepare, tiny_config
from tests.tiny_students import build_tiny_t5


def test_a_parcel_on_a_cluster_is_followed_and_taken_in(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path
) -> None:
    prepare(workspace, tmp_path / "data")
    config = tiny_config("finetune", build_tiny_t5(tmp_path / "tiny-t5"), processes=2)
    run_id = start_training(workspace, workspace.settings, ADA, config)
    options = SlurmOptions(shared_folder=str(tmp_path), cpus=2)
    send_run(workspace, ADA, run_id, "slurm", options)
    workspace.tend()
    assert slurm.carried[0].arguments[0] == "work"
    assert "SCICOT_DATABASE_URL" not in slurm.carried[0].environment
    parcel = Path(slurm.carried[0].arguments[1])
    slurm.says = GOES
    folder = work_folder(parcel)
    folder.mkdir()
    (folder / ALIVE).write_text(utc_now().isoformat())
    (folder / PROGRESS).write_text("".join(f"{json.dumps(line)}\n" for line in ODD_NEWS))
    workspace.tend()
    assert get_run(workspace, run_id).progress_done == 0
    point = {"stage": "answer", "name": "loss", "step": 1, "value": 2.5}
    event = {"done": 3, "total": 9, "message": "answer: step 1", "metrics": [point]}
    with (folder / PROGRESS).open("a") as told:
        told.write(json.dumps(event) + '\n{"half a li')
    workspace.tend()
    run = get_run(workspace, run_id)
    assert (run.status, run.progress_done, run.message) == (RunStatus.RUNNING, 3, "answer: step 1")
    assert [point.value for point in list_metrics(workspace, run_id)] == [2.5]
    request_cancel(workspace, ADA, run_id)
    workspace.tend()
    assert (folder / CANCEL).exists()
    with write(workspace):  # asked no more: the work goes on to its end
        workspace.get_one(RunRow, run_id).cancel_requested = False
    (folder / PROGRESS).unlink()
    worked = work_parcel(parcel, Settings(home=tmp_path / "nobody"), HANDLERS)
    assert worked.status is RunStatus.DONE, worked.error
    slurm.says = Seen(Phase.ENDED, "COMPLETED")
    workspace.tend()
    run = get_run(workspace, run_id)
    assert (run.status, run.launcher) == (RunStatus.DONE, "slurm")
    stages: Any = run.result["stages"]
    assert [stage["processes"] for stage in stages.values()] == [2]


def send_training(workspace: Workspace, slurm: NotingCluster, tmp_path: Path) -> tuple[int, Path]:
    """Send a tiny training run to Slurm as a parcel, and return the parcel's path."""
    prepare(workspace, tmp_path / "data")
    config = tiny_config("finetune", build_tiny_t5(tmp_path / "tiny-t5"))
    run_id = start_training(workspace, workspace.settings, ADA, config)
    send_run(workspace, ADA, run_id, "slurm", SlurmOptions(shared_folder=str(tmp_path)))
    workspace.tend()
    return run_id, Path(slurm.carried[0].arguments[1])


def work_there(workspace: Workspace, slurm: NotingCluster, tmp_path: Path) -> tuple[int, Path]:
    """Send a run, carry it out there before anybody looks, and return its result's path."""
    run_id, parcel = send_training(workspace, slurm, tmp_path)
    worked = work_parcel(parcel, Settings(home=tmp_path / "nobody"), HANDLERS)
    assert worked.status is RunStatus.DONE, worked.error
    return run_id, result_path(parcel)


def test_a_result_that_shows_after_its_job_has_ended_is_taken_in(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path
) -> None:
    run_id, result = work_there(workspace, slurm, tmp_path)
    result.rename(tmp_path / "not in sight yet")
    slurm.says = Seen(Phase.ENDED, "COMPLETED")
    for _look in range(2):
        workspace.tend()
        run = get_run(workspace, run_id)
        assert not run.status.is_finished
        assert run.message == "Slurm job 17 has ended: COMPLETED. Its result is looked for."
    (tmp_path / "not in sight yet").rename(result)
    workspace.tend()
    assert get_run(workspace, run_id).status is RunStatus.DONE


def test_a_result_is_not_looked_for_for_ever(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = send_parcel(workspace, tmp_path / "run.tar")
    with write(workspace):
        workspace.get_one(RunRow, run_id).launcher = "slurm"
        workspace.get_one(LaunchRow, run_id).ticket = "17"
    slurm.says = Seen(Phase.ENDED, "FAILED")
    workspace.tend()
    assert workspace.get_one(LaunchRow, run_id).ended_at is None
    monkeypatch.setattr(settling, "utc_now", lambda: utc_now() + timedelta(seconds=31))
    workspace.tend()
    assert workspace.get_one(LaunchRow, run_id).ended_at is not None
    assert get_run(workspace, run_id).message == "Slurm job 17 has ended: FAILED."


def test_a_run_resumed_under_another_engine_travels_in_a_parcel_of_its_own(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, _parcel = send_training(workspace, slurm, tmp_path)
    workspace.cancel(ADA, run_id)
    with write(workspace):
        workspace.get_one(LaunchRow, run_id).read_bytes = 500
    workspace.resume(ADA, run_id)
    assert workspace.get_one(LaunchRow, run_id).read_bytes == 500
    workspace.cancel(ADA, run_id)
    monkeypatch.setattr(launches, "engine_version", lambda: "of tomorrow")
    workspace.resume(ADA, run_id)
    first, again, new = (Path(carried.arguments[1]) for carried in slurm.carried)
    assert first == again != new
    assert new.exists()
    assert workspace.get_one(LaunchRow, run_id).read_bytes == 0


def test_a_run_whose_dataset_is_called_otherwise_goes_on_with_its_parcel(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path
) -> None:
    run_id, parcel = send_training(workspace, slurm, tmp_path)
    workspace.cancel(ADA, run_id)
    rename_dataset(workspace, ADA, "demo", "science")
    rename_snapshot(workspace, ADA, "approved", "first")
    rename_run(workspace, ADA, run_id, "the first")
    workspace.resume(ADA, run_id)
    assert [Path(carried.arguments[1]) for carried in slurm.carried] == [parcel, parcel]


def test_a_result_that_the_disk_has_no_room_for_is_told_and_taken_in_later(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, _result = work_there(workspace, slurm, tmp_path)
    slurm.says = Seen(Phase.ENDED, "COMPLETED")
    with monkeypatch.context() as patch:
        patch.setattr(parcel_files, "free_bytes", lambda _folder: 1000)
        workspace.tend()
    assert get_run(workspace, run_id).message.startswith("Done there. The disk is full: what run-")
    workspace.tend()
    assert get_run(workspace, run_id).status is RunStatus.DONE


def test_a_result_that_could_not_be_offered_is_done_and_says_what_is_left(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, result = work_there(workspace, slurm, tmp_path)

    def refuse(_settings: Settings, _hash: str) -> None:
        raise StorageError("The store is away.")

    monkeypatch.setattr(take_in, "offer_stage", refuse)
    workspace.tend()
    run = get_run(workspace, run_id)
    assert run.status is RunStatus.DONE
    assert run.message == f"Done there. The store is away. `runs take-in {result}` does the rest."
