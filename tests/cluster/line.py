"""What both clusters' tests share: a small run, and waiting for what it comes to."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from db.models import LaunchRow, MetricRow, RunRow, RunStageRow, StageRow
from scicot.adapters.students.stage_files import stage_folder
from scicot.cli.handlers import HANDLERS
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.launched import Chosen
from scicot.services.runs.runs import get_run, list_metrics
from scicot.services.runs.worker import run_worker
from scicot.services.training.training import start_training
from scicot.services.workspace import Workspace
from scicot.words.records import Actor, RunStatus
from scicot.words.runs import RunView
from tests.services.training_line import prepare, tiny_config
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")
PATIENCE_SECONDS = 600.0  # Slurm lets a requeued job wait for two minutes


@dataclass
class Line:
    """A workspace with approved rationales and a tiny student, and a cluster to send runs to."""

    workspace: Workspace
    student: Path
    chosen: Chosen

    def start(self, method: str = "finetune", **settings: Any) -> int:
        """Start a run on the cluster."""
        config = tiny_config(method, self.student, **settings)
        return self.workspace.start(ADA, config, self.chosen)

    def start_long(self) -> int:
        """Start a run of a minute or more, with a checkpoint every few steps."""
        return self.start(epochs=1000, checkpoint_every=20, selection="last")

    def wait_until(self, run_id: int, is_so: Callable[[RunView], bool], what: str) -> RunView:
        """Tend until the run is as it should be."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.workspace.tend()
            run = get_run(self.workspace, run_id)
            self.workspace.commit()
            if is_so(run):
                return run
            assert time.monotonic() < deadline, f"not {what} within {PATIENCE_SECONDS} s: {run}"
            time.sleep(0.2)

    def wait_for_steps(self, run_id: int) -> RunView:
        """Wait until the run has told of steps that it trained."""
        return self.wait_until(
            run_id,
            lambda run: run.progress_done > 0 and bool(list_metrics(self.workspace, run_id)),
            "training",
        )

    def finish(self, run_id: int) -> RunView:
        """Wait until the run is done."""
        run = self.wait_until(run_id, lambda run: run.status.is_finished, "over")
        assert run.status is RunStatus.DONE, run.error or run.message
        return run

    def wait_until_gone(self, run_id: int) -> None:
        """Wait until the cluster has the run's job no more."""
        self.wait_until(
            run_id,
            lambda run: self.workspace.get_one(LaunchRow, run_id).ended_at is not None,
            "gone from the cluster",
        )

    def wait_for_checkpoint(self, run_id: int) -> None:
        """Wait until a checkpoint of the run is whole."""
        work = self.workspace.settings.artifacts_folder
        run = self.wait_until(
            run_id,
            lambda run: run.status.is_finished or bool(list(work.glob("**/checkpoints/step-*"))),
            "at a checkpoint",
        )
        assert not run.status.is_finished, run.error or run.message

    def first_step_at(self, run_id: int) -> datetime:
        """Return when the run told of its first step: one that resumes does not take it again."""
        self.workspace.expire_all()
        query = select(MetricRow.at).where(MetricRow.run_id == run_id).order_by(MetricRow.step)
        return self.workspace.scalars(query.limit(1)).one()

    def kill_worker(self, run_id: int) -> None:
        """Kill the worker as a machine would, by its number."""
        row = self.workspace.get_one(RunRow, run_id)
        self.workspace.refresh(row)
        assert row.pid is not None
        os.kill(row.pid, signal.SIGKILL)

    def train_here(self, folder: Path, method: str, **settings: Any) -> Any:
        """Return what the same run comes to in this process, in a workspace of its own."""
        own = self.workspace.settings.model_copy(
            update={"home": folder / "home", "database_url": None}
        )
        with Workspace(own, None) as workspace:
            prepare(workspace, folder / "data")
            config = tiny_config(method, self.student, **settings)
            run_id = start_training(workspace, own, ADA, config)
            assert run_worker(run_id, own, HANDLERS) is RunStatus.DONE
            return outcome(workspace, run_id)


def outcome(workspace: Workspace, run_id: int) -> Any:
    """Return what a run came to: the weights of each stage, its losses, its predictions."""
    rows = workspace.execute(
        select(RunStageRow.role, StageRow.hash)
        .join(StageRow, StageRow.id == RunStageRow.stage_id)
        .where(RunStageRow.run_id == run_id)
    ).all()
    weights = {
        role: (
            stage_folder(workspace.settings, digest) / "model" / "model.safetensors"
        ).read_bytes()
        for role, digest in rows
    }
    losses = list_metrics(workspace, run_id, "loss")
    answers = [
        (answer.question_id, answer.rationale, answer.output, answer.label)
        for answer in list_predictions(workspace, run_id)
    ]
    return weights, losses, answers


def make_line(workspace: Workspace, folder: Path, chosen: Chosen) -> Line:
    prepare(workspace, folder / "data")
    return Line(workspace, build_tiny_t5(folder / "tiny-t5"), chosen)


def note(what: str, seconds: float) -> None:
    """Add a figure to the file that TEST_FIGURES names: the docs' tables come from it."""
    if path := os.environ.get("TEST_FIGURES"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, "seconds": round(seconds, 2)}) + "\n")
