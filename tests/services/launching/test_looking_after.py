"""Runs on a cluster while they wait and work: what is asked, trusted and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.carried import Carried
from scicot.services.launching import tending
from scicot.services.launching.launches import send_run
from scicot.services.launching.tending import take_over_requeued
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import claim_run
from scicot.services.workspace import Workspace
from scicot.words.errors import ClusterSilent, InvalidConfig
from scicot.words.launching import Phase, RayOptions, Seen, SlurmOptions, Submitted, read_options
from scicot.words.records import RunKind, RunStatus
from tests.services.launching.noting import ADA, GOES, WAITS, NotingCluster, send
from tests.services.runs.noting import age_heartbeat, new_run


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


def test_a_time_limit_of_before_that_is_too_short_today_can_still_be_followed() -> None:
    assert read_options("slurm", {"minutes": 2}) == SlurmOptions(minutes=10)
    with pytest.raises(InvalidConfig, match="greater than or equal to 10"):
        SlurmOptions.checked(minutes=9)
