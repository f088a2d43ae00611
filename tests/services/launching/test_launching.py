"""Runs on a cluster, seen from the row; a cluster of notes stands for Slurm and Ray."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters import parcel_files
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers import cluster
from scicot.adapters.launchers.carried import Carried
from scicot.adapters.launchers.cluster import refuse_absent
from scicot.adapters.launchers.launcher import Launcher
from scicot.adapters.parcel_folders import PROGRESS
from scicot.adapters.parcel_news import ALIVE, CANCEL, News, read_news, result_path, work_folder
from scicot.cli.handlers import HANDLERS
from scicot.services.launching import launches, settling, tending, travelling
from scicot.services.launching.launches import choose_options, get_launch, recall_options, send_run
from scicot.services.launching.tending import look_after, take_over_requeued
from scicot.services.parcels import take_in
from scicot.services.parcels.work import work_parcel
from scicot.services.runs import steering
from scicot.services.runs.launched import CHOSEN, Chosen
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import create_run, get_run, list_metrics, list_runs
from scicot.services.runs.steering import request_cancel
from scicot.services.runs.worker import claim_run
from scicot.services.training.training import start_training
from scicot.services.upkeep.labels import rename_dataset, rename_run, rename_snapshot
from scicot.services.workspace import Workspace
from scicot.words.errors import (
    ClusterSilent,
    InvalidConfig,
    LauncherError,
    RunNotInState,
    StorageError,
)
from scicot.words.launching import (
    Phase,
    RayOptions,
    Seen,
    SlurmOptions,
    Submitted,
    read_options,
)
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import PARCEL, Settings
from tests.services.runs.test_runs import NotingLauncher, age_heartbeat, new_run
from tests.services.training_line import prepare, tiny_config
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")
WAITS = Seen(Phase.WAITS, "PENDING", "Resources", 2)
POINT = {"stage": "a", "name": "b", "step": 1, "value": 1.5}
HALF = "\ud800"  # half a sign: JSON tells it, and no text holds it
# what a damaged file may tell in the place of news; one such line must not be met for ever
ODD_NEWS: tuple[dict[str, Any], ...] = (
    *({"done": "many"}, {"total": -1}, {"done": 10**30}, {"metrics": 5}, {"metrics": [None]}),
    *({"metrics": [POINT | {"value": "x"}]}, {"error": {"a": 1}}),
    *({"metrics": [POINT | {"value": value}]} for value in (math.nan, math.inf, -math.inf)),
    *({"metrics": [POINT | {key: text}]} for key in ("stage", "name") for text in (HALF, "a\0b")),
    *({"message": f"a{HALF}b"}, {"message": "a\0b"}),
)
GOES = Seen(Phase.GOES, "RUNNING")


class NotingCluster:
    """Keeps what it is handed, says what it is told to say, and notes what it is to stop."""

    def __init__(self) -> None:
        self.carried: list[Carried] = []
        self.says = WAITS
        self.stopped: list[str] = []
        self.refuses = ""

    def preview(self, carried: Carried) -> str:
        return " ".join(carried.arguments)

    def submit(self, carried: Carried) -> Submitted:
        if self.refuses:
            raise LauncherError(self.refuses)
        self.carried.append(carried)
        return Submitted(str(16 + len(self.carried)), self.preview(carried))

    def look(self, _ticket: str) -> Seen:
        return self.says

    def stop(self, ticket: str) -> None:
        self.stopped.append(ticket)

    def read_log(self, _ticket: str) -> str:
        return ""


@pytest.fixture
def slurm(monkeypatch: pytest.MonkeyPatch) -> NotingCluster:
    noting = NotingCluster()
    monkeypatch.setattr(tending, "open_cluster", lambda _name, _options: noting)
    monkeypatch.setattr(tending, "is_at_hand", lambda _name: True)
    monkeypatch.setattr(tending, "LOOK_EVERY", timedelta(0))
    monkeypatch.setattr(tending, "SILENT_FOR", timedelta(0))
    return noting


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    launcher: Launcher = NotingLauncher()
    with Workspace(settings, launcher) as opened:
        yield opened


def send(workspace: Workspace, kind: RunKind = RunKind.TRAIN, **asked: object) -> int:
    run_id = new_run(workspace, kind)
    send_run(workspace, ADA, run_id, "slurm", SlurmOptions.checked(**asked))
    workspace.tend()
    return run_id


def test_a_run_that_waits_in_slurm_says_so_and_takes_no_slot_here(
    workspace: Workspace, slurm: NotingCluster
) -> None:
    run_id = send(workspace)
    run = get_run(workspace, run_id)
    assert (run.status, run.launcher) == (RunStatus.QUEUED, "slurm")
    assert run.message == "Slurm job 17, PENDING: Resources, number 2 in the queue."
    assert list_queue(workspace) == []
    local = new_run(workspace)
    assert workspace.tend() == [local]
    assert [carried.arguments for carried in slurm.carried] == [("run-worker", str(run_id))]


def test_a_node_is_given_neither_keys_nor_the_databases_password(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    workspace.settings = Settings(database_url="postgresql+psycopg://ada:canary@db/scicot")
    run_id = new_run(workspace)
    send_run(workspace, ADA, run_id, "slurm", SlurmOptions())
    look_after(workspace, workspace.settings)
    environment = slurm.carried[0].environment
    assert "canary" not in json.dumps(dict(environment))
    assert environment["SCICOT_DATABASE_URL"] == "postgresql+psycopg://ada@db/scicot"
    assert environment["SCICOT_LAUNCHER"] == "none"


def test_two_who_look_hand_a_run_over_once(workspace: Workspace, slurm: NotingCluster) -> None:
    run_id = send(workspace)
    with Workspace(workspace.settings, NotingLauncher()) as other:
        other.tend()
    workspace.tend()
    assert len(slurm.carried) == 1
    launch = get_launch(workspace, run_id)
    assert launch is not None
    assert (launch.ticket, launch.submission) == ("17", f"run-worker {run_id}")


def test_a_run_whose_hand_over_takes_minutes_is_handed_over_once(
    workspace: Workspace, slurm: NotingCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = [timedelta(0)]

    def look_in_after(minutes: int) -> None:
        past[0] += timedelta(minutes=minutes)
        with Workspace(workspace.settings, NotingLauncher()) as other:
            other.tend()

    def write_slowly(*_parts: object) -> None:
        look_in_after(minutes=9)

    submit = slurm.submit

    def submit_slowly(carried: Carried) -> Submitted:
        look_in_after(minutes=9)
        return submit(carried)

    monkeypatch.setattr(tending, "utc_now", lambda: utc_now() + past[0])
    monkeypatch.setattr(tending, "write_run", write_slowly)
    monkeypatch.setattr(slurm, "submit", submit_slowly)
    send(workspace, shared_folder=str(tmp_path))
    assert len(slurm.carried) == 1


def test_a_hand_over_that_began_in_a_time_to_come_is_begun_again(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_carried: Carried) -> Submitted:
        raise KeyboardInterrupt  # in the midst of it, while the clock was a day ahead

    with monkeypatch.context() as ahead:
        ahead.setattr(tending, "utc_now", lambda: utc_now() + timedelta(days=1))
        ahead.setattr(slurm, "submit", die)
        with pytest.raises(KeyboardInterrupt):
            send(workspace)
    workspace.rollback()
    workspace.tend()
    assert len(slurm.carried) == 1


def test_a_job_whose_run_was_handed_over_anew_meanwhile_is_ended(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = slurm.submit

    def submit_slowly(carried: Carried) -> Submitted:
        monkeypatch.setattr(slurm, "submit", submit)
        with Workspace(workspace.settings, NotingLauncher()) as other:
            other.cancel(ADA, run_id)
            other.resume(ADA, run_id)
        return submit(carried)

    run_id = new_run(workspace)
    monkeypatch.setattr(slurm, "submit", submit_slowly)
    send_run(workspace, ADA, run_id, "slurm", SlurmOptions())
    workspace.tend()
    launch = get_launch(workspace, run_id)
    assert launch is not None
    assert (launch.ticket, slurm.stopped) == ("17", ["18"])


def test_a_cluster_that_refuses_fails_the_run_and_a_resume_tries_again(
    workspace: Workspace, slurm: NotingCluster
) -> None:
    slurm.refuses = "Slurm did not take it: invalid partition."
    run_id = send(workspace)
    assert get_run(workspace, run_id).error == slurm.refuses
    slurm.refuses = ""
    workspace.resume(ADA, run_id)
    assert get_run(workspace, run_id).status is RunStatus.QUEUED
    assert len(slurm.carried) == 1


def test_runs_that_wait_for_a_silent_cluster_are_not_each_kept_waiting_by_it(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, past = [], [timedelta(0)]

    def submit(carried: Carried) -> Submitted:
        asked.append(carried.name)
        raise ClusterSilent("No Ray cluster answers. Start one.")

    monkeypatch.setattr(tending, "_silent_at", {})
    monkeypatch.setattr(tending, "SILENT_FOR", timedelta(seconds=10))
    monkeypatch.setattr(tending, "utc_now", lambda: utc_now() + past[0])
    monkeypatch.setattr(slurm, "submit", submit)
    places = ["http://one:8265", "http://one:8265", "http://two:8265", "http://one:8265"]
    first, second, other, last = (new_run(workspace, RunKind.TRAIN) for _place in places)
    for run_id, place in zip((first, second, other, last), places, strict=True):
        send_run(workspace, ADA, run_id, "ray", RayOptions.checked(address=place))
    workspace.tend()
    workspace.tend()
    assert asked == [f"scicot-run-{first}", f"scicot-run-{other}"]
    assert get_run(workspace, first).status is RunStatus.FAILED
    for run_id in (second, last):
        run = get_run(workspace, run_id)
        assert (run.status, run.message) == (
            RunStatus.QUEUED,
            "Ray does not answer; it is asked again in a moment.",
        )
    monkeypatch.undo()
    monkeypatch.setattr(tending, "_silent_at", {})
    monkeypatch.setattr(tending, "open_cluster", lambda _name, _options: slurm)
    monkeypatch.setattr(tending, "is_at_hand", lambda _name: True)
    workspace.tend()  # it answers again
    assert [carried.name for carried in slurm.carried] == [
        f"scicot-run-{second}",
        f"scicot-run-{last}",
    ]


def test_a_cancelled_run_leaves_slurms_queue(workspace: Workspace, slurm: NotingCluster) -> None:
    run_id = send(workspace)
    assert workspace.cancel(ADA, run_id).status is RunStatus.CANCELLED
    assert slurm.stopped == ["17"]


def test_a_worker_has_time_to_stop_before_slurm_ends_it(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = send(workspace)
    claim_run(workspace, run_id, "w")
    slurm.says = GOES
    workspace.cancel(ADA, run_id)
    assert get_run(workspace, run_id).cancel_requested
    assert slurm.stopped == []
    with write(workspace):
        workspace.execute(update(LaunchRow).values(stop_at=utc_now()))
    workspace.tend()
    assert slurm.stopped == ["17"]
    slurm.says = Seen(Phase.ENDED, "CANCELLED")
    workspace.tend()
    assert get_run(workspace, run_id).status is RunStatus.CANCELLED


def test_the_row_is_trusted_over_a_cluster_that_does_not_answer(
    workspace: Workspace, slurm: NotingCluster
) -> None:
    run_id = send(workspace)
    claim_run(workspace, run_id, "w")
    slurm.says = Seen(Phase.UNKNOWN, "UNKNOWN")
    workspace.tend()
    assert get_run(workspace, run_id).status is RunStatus.RUNNING


@pytest.mark.parametrize(("waited", "looks"), [(10, 1), (0, 3)])
def test_a_cluster_that_lets_one_look_wait_in_vain_is_asked_no_more_in_that_pass(
    workspace: Workspace,
    slurm: NotingCluster,
    monkeypatch: pytest.MonkeyPatch,
    waited: int,
    looks: int,
) -> None:
    for _run in range(3):
        send(workspace)
    past, asked = [timedelta(0)], []

    def look(ticket: str) -> Seen:
        asked.append(ticket)
        past[0] += timedelta(seconds=waited)
        return Seen(Phase.UNKNOWN, "UNKNOWN")

    monkeypatch.setattr(tending, "utc_now", lambda: utc_now() + past[0])
    monkeypatch.setattr(slurm, "look", look)
    workspace.tend()
    assert len(asked) == looks
    workspace.tend()
    assert len(asked) == 2 * looks


@pytest.mark.parametrize("has_begun", [True, False])
def test_a_job_that_its_cluster_ended_for_want_of_memory_fails_with_the_way_out(
    workspace: Workspace, slurm: NotingCluster, *, has_begun: bool
) -> None:
    run_id = send(workspace)
    if has_begun:
        claim_run(workspace, run_id, "w")
    slurm.says = Seen(Phase.ENDED, "OUT_OF_MEMORY", is_out_of_memory=True)
    workspace.tend()
    run = get_run(workspace, run_id)
    assert run.status is RunStatus.FAILED
    assert "Out of memory: Slurm job 17" in (run.error or "")
    assert "--ask memory_gb=N" in (run.error or "")


def test_a_page_waits_for_a_silent_cluster_once_in_ten_seconds(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(workspace)
    past, asked = [timedelta(0)], []

    def look(ticket: str) -> Seen:
        asked.append(ticket)
        past[0] += timedelta(seconds=2)
        return Seen(Phase.UNKNOWN, "UNKNOWN")

    monkeypatch.setattr(tending, "_silent_at", {})
    monkeypatch.setattr(tending, "SILENT_FOR", timedelta(seconds=10))
    monkeypatch.setattr(tending, "utc_now", lambda: utc_now() + past[0])
    monkeypatch.setattr(slurm, "look", look)
    for _look_of_a_page in range(5):
        workspace.tend()
    assert len(asked) == 1
    past[0] += timedelta(seconds=10)
    workspace.tend()
    assert len(asked) == 2


def test_a_requeued_job_waits_again_and_its_next_worker_has_the_run(
    workspace: Workspace, slurm: NotingCluster
) -> None:
    run_id = send(workspace)
    claim_run(workspace, run_id, "before")
    workspace.tend()  # Slurm says PENDING again
    run = get_run(workspace, run_id)
    assert run.status is RunStatus.QUEUED
    assert run.message.startswith("Requeued. Slurm job 17, PENDING")
    assert claim_run(workspace, run_id, "after")


def test_a_worker_that_claims_its_run_during_the_look_keeps_it(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = send(workspace)

    def look(_ticket: str) -> Seen:
        with Workspace(workspace.settings, None) as node:
            assert claim_run(node, run_id, "w")
        return WAITS

    with monkeypatch.context() as patch:
        patch.setattr(slurm, "look", look)
        workspace.tend()
    assert get_run(workspace, run_id).status is RunStatus.RUNNING
    workspace.tend()  # nothing was heard of it during this look
    assert get_run(workspace, run_id).status is RunStatus.QUEUED


def test_a_requeued_job_that_nobody_saw_waiting_takes_its_run_over(
    workspace: Workspace, slurm: NotingCluster
) -> None:
    run_id = send(workspace)
    claim_run(workspace, run_id, "before")
    take_over_requeued(workspace, run_id, "16", "1")  # another job
    take_over_requeued(workspace, run_id, "17", "0")  # its own, begun for the first time
    assert not claim_run(workspace, run_id, "after")
    take_over_requeued(workspace, run_id, "17", "1")
    assert claim_run(workspace, run_id, "after")


def test_a_job_that_ends_before_its_worker_begins_fails_its_run(
    workspace: Workspace, slurm: NotingCluster
) -> None:
    run_id = send(workspace)
    slurm.says = Seen(Phase.ENDED, "FAILED", "NonZeroExitCode")
    workspace.tend()
    run = get_run(workspace, run_id)
    assert run.status is RunStatus.FAILED
    assert "Slurm job 17 ended before its worker began (FAILED: NonZeroExitCode)" in str(run.error)


def test_a_killed_worker_whose_job_is_gone_is_lost(
    workspace: Workspace, slurm: NotingCluster
) -> None:
    run_id = send(workspace)
    claim_run(workspace, run_id, "w")
    slurm.says = Seen(Phase.ENDED, "NODE_FAIL")
    workspace.tend()
    with write(workspace):
        workspace.get_one(RunRow, run_id).pid_started = 0.0  # of another process
    age_heartbeat(workspace, run_id)
    run = get_run(workspace, run_id)
    assert run.status is RunStatus.LOST
    assert run.message == "Slurm job 17 has ended: NODE_FAIL."


def test_the_last_values_are_kept_and_checked(workspace: Workspace) -> None:
    choose_options(workspace, "Ada", "slurm", {"partition": "gpu", "gpus": "2"})
    choose_options(workspace, "Ada", "slurm", {"minutes": "60"})
    kept = recall_options(workspace, "Ada", "slurm")
    assert isinstance(kept, SlurmOptions)
    assert (kept.partition, kept.gpus, kept.minutes) == ("gpu", 2, 60)
    assert recall_options(workspace, "Grace", "slurm") == SlurmOptions()
    for wrong in ({"partition": "a; rm -rf /"}, {"modules": "$(id)"}, {"gpu": 1}):
        with pytest.raises(InvalidConfig):
            choose_options(workspace, "Ada", "slurm", wrong)


def test_only_what_a_cluster_can_carry_is_sent(workspace: Workspace) -> None:
    asks = create_run(workspace, ADA, kind=RunKind.GENERATE, name="g", config={})
    with pytest.raises(RunNotInState, match="needs no cluster"):
        send_run(workspace, ADA, asks, "slurm", SlurmOptions())
    predicts = create_run(workspace, ADA, kind=RunKind.PREDICT, name="p", config={})
    with pytest.raises(RunNotInState, match="travel as parcels"):
        send_run(workspace, ADA, predicts, "slurm", SlurmOptions(shared_folder="/shared"))


@pytest.mark.parametrize(("asked", "fault"), [({"cpus": 2}, "cpus=4"), ({"gpus": 1}, "gpus=4")])
def test_processes_that_would_share_what_a_cluster_gives_are_refused(
    workspace: Workspace, asked: dict[str, int], fault: str
) -> None:
    config = {"processes": 4}
    together = create_run(workspace, ADA, kind=RunKind.TRAIN, name="t", config=config)
    with pytest.raises(RunNotInState, match=f"--ask {fault}"):
        send_run(workspace, ADA, together, "slurm", SlurmOptions.checked(**asked))
    workspace.info[CHOSEN] = Chosen("slurm", SlurmOptions.checked(**asked))
    with pytest.raises(RunNotInState, match=f"--ask {fault}"):
        create_run(workspace, ADA, kind=RunKind.TRAIN, name="t", config=config)


def test_what_cannot_travel_is_refused_before_it_is_stored(workspace: Workspace) -> None:
    workspace.info[CHOSEN] = Chosen("slurm", SlurmOptions(shared_folder="/shared"))
    with pytest.raises(RunNotInState, match="--launcher local"):
        create_run(workspace, ADA, kind=RunKind.PREDICT, name="p", config={})
    assert list_runs(workspace) == []


def test_without_the_package_the_launcher_says_what_to_install(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda _name: None)
    for name in ("slurm", "ray"):
        with pytest.raises(LauncherError, match=f"requirements-{name}.txt"):
            refuse_absent(name)
    run_id = new_run(workspace)
    with pytest.raises(LauncherError, match="submitit"):
        workspace.send(ADA, run_id, Chosen("slurm", SlurmOptions()))
    assert get_run(workspace, run_id).launcher == "local"


def test_who_does_not_reach_the_cluster_leaves_its_runs_alone(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tending, "is_at_hand", lambda _name: False)
    run_id = send(workspace)
    assert get_run(workspace, run_id).status is RunStatus.QUEUED
    assert slurm.carried == []
    monkeypatch.setattr(tending, "is_at_hand", lambda _name: True)
    workspace.tend()
    assert len(slurm.carried) == 1


def test_who_does_not_reach_the_cluster_takes_no_look_from_who_does(
    workspace: Workspace, slurm: NotingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = send(workspace)
    monkeypatch.setattr(tending, "LOOK_EVERY", timedelta(seconds=2))
    with write(workspace):
        workspace.execute(update(LaunchRow).values(seen_at=utc_now() - timedelta(hours=1)))
    with monkeypatch.context() as patch:
        patch.setattr(tending, "is_at_hand", lambda _name: False)
        workspace.tend()
    slurm.says = GOES
    workspace.tend()
    assert get_run(workspace, run_id).message == "Slurm job 17 runs; its worker starts."


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


def test_a_cluster_whose_package_is_there_in_part_fails_its_run_and_no_look(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "refuse_absent", lambda _name: None)
    monkeypatch.setitem(sys.modules, "submitit", None)  # as where a package of its own is missing
    run_id = send(workspace)
    run = get_run(workspace, run_id)
    assert run.status is RunStatus.FAILED
    assert "pip install -r requirements-slurm.txt" in (run.error or "")
    local = new_run(workspace)
    assert workspace.tend() == [local]


def test_a_time_limit_of_before_that_is_too_short_today_can_still_be_followed() -> None:
    assert read_options("slurm", {"minutes": 2}) == SlurmOptions(minutes=10)
    with pytest.raises(InvalidConfig, match="greater than or equal to 10"):
        SlurmOptions.checked(minutes=9)


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


def send_parcel(workspace: Workspace, parcel: Path) -> int:
    """Store a run whose parcel was carried away and is worked on in sight."""
    run_id = new_run(workspace)
    with write(workspace):
        workspace.get_one(RunRow, run_id).launcher = PARCEL
        workspace.merge(LaunchRow(run_id=run_id, options={}, parcel=str(parcel), read_bytes=0))
    work_folder(parcel).mkdir()
    (work_folder(parcel) / ALIVE).write_text(utc_now().isoformat())
    return run_id


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


@pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.FAILED])
@pytest.mark.parametrize("goes", ["slurm", "local"])
def test_a_run_that_changes_its_place_is_started_once(
    workspace: Workspace,
    slurm: NotingCluster,
    monkeypatch: pytest.MonkeyPatch,
    status: RunStatus,
    goes: str,
) -> None:
    run_id = new_run(workspace)
    with write(workspace):
        row = workspace.get_one(RunRow, run_id)
        row.status, row.launcher = status, "local" if goes == "slurm" else "slurm"
        if goes == "local":
            workspace.add(Chosen("slurm", SlurmOptions()).new_row(run_id))
    launcher = NotingLauncher()

    @contextmanager
    def tend_afterwards(session: Session) -> Iterator[Session]:
        with write(session):
            yield session
        with Workspace(workspace.settings, launcher) as other:  # who looks in just then
            other.tend()

    for module in (steering, launches):
        monkeypatch.setattr(module, "write", tend_afterwards)
    if goes == "slurm":
        send_run(workspace, ADA, run_id, "slurm", SlurmOptions())
    else:
        steering.start_here(workspace, ADA, run_id)
    assert [len(slurm.carried), len(launcher.run_ids)] == [goes == "slurm", goes == "local"]


def test_a_job_trains_within_the_memory_it_asked_for(settings: Settings) -> None:
    asked = cluster.node_environment(settings, SlurmOptions(memory_gb=4), None)
    assert asked["SCICOT_TRAINING_MEMORY_MB"] == "4000"
    assert "SCICOT_TRAINING_MEMORY_MB" not in cluster.node_environment(
        settings, SlurmOptions(), None
    )
    told = settings.model_copy(update={"training_memory_mb": 3000})
    told.model_fields_set.add("training_memory_mb")
    own = cluster.node_environment(told, SlurmOptions(memory_gb=4), None)
    assert own["SCICOT_TRAINING_MEMORY_MB"] == "3000"


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
