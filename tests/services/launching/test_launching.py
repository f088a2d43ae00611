"""Runs that are handed to a cluster, seen from the row."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers import cluster
from scicot.adapters.launchers.carried import Carried
from scicot.adapters.launchers.cluster import refuse_absent
from scicot.services.launching import launches, tending
from scicot.services.launching.launches import choose_options, get_launch, recall_options, send_run
from scicot.services.launching.tending import look_after
from scicot.services.runs import steering
from scicot.services.runs.launched import CHOSEN, Chosen
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import create_run, get_run, list_runs
from scicot.services.workspace import Workspace
from scicot.words.errors import InvalidConfig, LauncherError, RunNotInState
from scicot.words.launching import SlurmOptions, Submitted
from scicot.words.records import RunKind, RunStatus
from scicot.words.settings import Settings
from tests.services.launching.noting import ADA, NotingCluster, send
from tests.services.runs.noting import NotingLauncher, new_run


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
