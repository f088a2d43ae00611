"""A real Slurm: submit, progress, the queue, cancel, kill -9, requeue, resume, parcel."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scicot.services.launching.launches import get_launch, preview_submission
from scicot.services.runs.launched import Chosen
from scicot.services.runs.runs import get_run
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.launching import SlurmOptions
from scicot.words.records import RunStatus
from tests.cluster.every_launcher import MIDDLING, EveryCluster
from tests.cluster.line import ADA, Line, make_line, note, outcome
from tests.cluster.slurm import find_missing, running_slurm

pytestmark = pytest.mark.cluster
ASKED = SlurmOptions(partition="main", cpus=1, minutes=30)


@pytest.fixture(scope="module")
def slurm_conf() -> Iterator[Path]:
    pytest.importorskip("submitit")
    if missing := find_missing():
        pytest.skip(missing)
    with running_slurm() as config:
        yield config


@pytest.fixture
def line(slurm_conf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setenv("SLURM_CONF", str(slurm_conf))
    with open_workspace() as workspace:
        yield make_line(workspace, tmp_path, Chosen("slurm", ASKED))


def slurm(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def ticket_of(workspace: Workspace, run_id: int) -> str:
    launch = get_launch(workspace, run_id)
    assert launch is not None
    assert launch.ticket is not None, get_run(workspace, run_id)
    return launch.ticket


def has_job(ticket: str) -> bool:
    return ticket in slurm("squeue", "--noheader", "--format=%i").split()


class TestSlurm(EveryCluster):
    def test_what_is_handed_in_is_shown_before_and_after(self, line: Line) -> None:
        run_id = line.start()
        launch = get_launch(line.workspace, run_id)
        assert launch is not None
        before = preview_submission(line.workspace.settings, "slurm", ASKED)
        for text in (before, launch.submission):
            assert "#SBATCH --partition=main" in text
            assert "#SBATCH --time=30" in text
            assert "export SCICOT_LAUNCHER=none" in text
            assert re.search(r"# srun --unbuffered \S+ -m scicot run-worker (RUN|\d+)\n", text)
        line.finish(run_id)

    def test_the_queue_says_why_a_run_waits_and_a_cancel_takes_it_out(self, line: Line) -> None:
        said = slurm(
            "sbatch", "--parsable", "--cpus-per-task=2", "-o", "/dev/null", "--wrap", "sleep 600"
        )
        blocker = said.strip()
        run_id = line.start()
        run = line.wait_until(run_id, lambda run: "PENDING: Resources" in run.message, "pending")
        assert run.status is RunStatus.QUEUED
        assert "number 1 in the queue" in run.message
        ticket = ticket_of(line.workspace, run_id)
        assert has_job(ticket)
        began = time.monotonic()
        assert line.workspace.cancel(ADA, run_id).status is RunStatus.CANCELLED
        line.wait_until_gone(run_id)
        note("cancel: in the queue", time.monotonic() - began)
        assert not has_job(ticket)
        slurm("scancel", blocker)

    def test_a_requeued_job_goes_on_from_its_checkpoint(self, line: Line, tmp_path: Path) -> None:
        run_id = line.start("finetune", **MIDDLING)
        line.wait_for_checkpoint(run_id)
        first_step_at = line.first_step_at(run_id)
        ticket = ticket_of(line.workspace, run_id)
        slurm("scontrol", "requeue", ticket)
        line.finish(run_id)
        assert ticket_of(line.workspace, run_id) == ticket
        assert "Restarts=1" in slurm("scontrol", "show", "job", ticket)
        assert line.first_step_at(run_id) == first_step_at
        assert outcome(line.workspace, run_id) == line.train_here(
            tmp_path / "here", "finetune", **MIDDLING
        )

    def test_a_job_at_its_time_limit_saves_and_goes_on_behind_its_last_step(
        self, line: Line
    ) -> None:
        run_id = line.start(steps=100_000, checkpoint_every=1_000_000, selection="last")
        line.wait_for_steps(run_id)
        ticket = ticket_of(line.workspace, run_id)
        # Slurm warns two to three minutes before
        assert "TimeLimit=00:30:00" in slurm("scontrol", "show", "job", ticket)
        slurm("scontrol", "update", f"JobId={ticket}", "TimeLimit=4")
        line.wait_until(run_id, lambda run: run.status is RunStatus.QUEUED, "put down")
        last, at = line.last_step(run_id)
        line.wait_until(run_id, lambda _run: line.last_step(run_id)[0] > last, "at the next step")
        line.cancel_and_note(run_id, "training")
        assert "Restarts=1" in slurm("scontrol", "show", "job", ticket)
        assert line.step_at(run_id, last) == at, "its last step was taken twice"
        line.wait_until_gone(run_id)

    def test_a_job_that_someone_cancels_in_slurm_ends_its_run(self, line: Line) -> None:
        run_id = line.start_long()
        line.wait_for_steps(run_id)
        slurm("scancel", ticket_of(line.workspace, run_id))
        run = line.wait_until(run_id, lambda run: run.status.is_finished, "over")
        assert run.status is RunStatus.CANCELLED
        assert "CANCELLED" in run.message

    def test_a_partition_that_there_is_not_fails_the_run_with_slurms_word(self, line: Line) -> None:
        asked = ASKED.model_copy(update={"partition": "nowhere"})
        line.chosen = Chosen("slurm", asked)
        run = get_run(line.workspace, line.start())
        assert run.status is RunStatus.FAILED
        assert "invalid partition" in (run.error or "").lower()
