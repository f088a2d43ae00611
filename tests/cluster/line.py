"""What the launchers' tests share: a small run, and waiting for what it comes to."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import select

from db.models import LaunchRow, MetricRow, RunRow, RunStageRow, StageRow
from scicot.adapters.launchers.local import worker_lives
from scicot.adapters.students.stages.stage_files import stage_folder
from scicot.cli.handlers import HANDLERS
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.launched import Chosen
from scicot.services.runs.runs import get_run, list_metrics
from scicot.services.runs.worker import run_worker
from scicot.services.training.training import start_training
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.configs import TrainingConfig
from scicot.words.records import Actor, RunStatus
from scicot.words.runs import RunView
from tests.services.training_line import prepare, tiny_config
from tests.soak.cancels import PHASES
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")
PATIENCE_SECONDS = 600.0  # Slurm lets a requeued job wait for two minutes


@dataclass
class Line:
    """A workspace with approved rationales and a tiny student, and where its runs go.

    `chosen` is the cluster; None sends them to this machine.
    """

    workspace: Workspace
    student: Path
    chosen: Chosen | None

    @property
    def name(self) -> str:
        """The launcher's name: local, slurm or ray."""
        return self.chosen.name if self.chosen else "local"

    def start(self, method: str = "finetune", **settings: Any) -> int:
        """Start a run where this line's runs go."""
        config = tiny_config(method, self.student, **settings)
        return self.workspace.start(ADA, config, self.chosen)

    def start_and_be_killed(self, method: str, **settings: Any) -> int:
        """Let an app of its own start a run, and kill that app once the run has told of steps."""
        config = tiny_config(method, self.student, **settings)
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        app = context.Process(target=start_and_wait, args=(config, self.chosen, there))
        app.start()
        assert here.poll(PATIENCE_SECONDS), "the app started no run"
        run_id = int(here.recv())
        self.wait_for_steps(run_id)
        app.kill()
        app.join()
        return run_id

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

    def wait_for_phase(self, run_id: int, phase: str) -> None:
        """Wait until the run says that it is in this phase of `tests.soak.cancels`."""

        def is_there(run: RunView) -> bool:
            return run.status.is_finished or bool(PHASES[phase].search(run.message or ""))

        run = self.wait_until(run_id, is_there, phase)
        assert not run.status.is_finished, f"over before it was {phase}: {run}"

    def finish(self, run_id: int) -> RunView:
        """Wait until the run is done."""
        run = self.wait_until(run_id, lambda run: run.status.is_finished, "over")
        assert run.status is RunStatus.DONE, run.error or run.message
        return run

    def wait_until_gone(self, run_id: int) -> None:
        """Wait until the cluster has the run's job, or this machine its worker, no more."""
        self.wait_until(run_id, lambda run: self._is_gone(run_id), "gone")

    def _is_gone(self, run_id: int) -> bool:
        if self.chosen:
            return self.workspace.get_one(LaunchRow, run_id).ended_at is not None
        row = self.workspace.get_one(RunRow, run_id)
        return not worker_lives(row.host, row.pid, row.pid_started)

    def ask(self, **values: object) -> None:
        """Let later runs ask the cluster for something else too; this machine is asked nothing."""
        if self.chosen:
            self.chosen = Chosen(self.chosen.name, self.chosen.options.model_copy(update=values))

    def cancel_and_note(self, run_id: int, phase: str) -> float:
        """Cancel a run, and return the seconds until its row says so; they are kept."""
        began = time.monotonic()
        self.workspace.cancel(ADA, run_id)
        run = self.wait_until(run_id, lambda run: run.status.is_finished, "cancelled")
        seconds = time.monotonic() - began
        assert run.status is RunStatus.CANCELLED, run
        note(f"cancel: {phase}", seconds)
        return seconds

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

    def last_step(self, run_id: int) -> tuple[int, datetime]:
        """Return the last step that the run has told of, and when."""
        self.workspace.expire_all()
        query = (
            select(MetricRow.step, MetricRow.at)
            .where(MetricRow.run_id == run_id, MetricRow.name == "loss")
            .order_by(MetricRow.step.desc())
        )
        step, at = self.workspace.execute(query.limit(1)).one()
        return step, at

    def step_at(self, run_id: int, step: int) -> datetime:
        """Return when the run told of a step: one that is taken twice is told of again."""
        self.workspace.expire_all()
        query = select(MetricRow.at).where(
            MetricRow.run_id == run_id, MetricRow.name == "loss", MetricRow.step == step
        )
        return self.workspace.scalars(query).one()

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


def start_and_wait(config: TrainingConfig, chosen: Chosen | None, there: Connection) -> None:
    """Start a run as an app does, tell its number, and look after it until this is killed."""
    with open_workspace() as workspace:
        run_id = workspace.start(ADA, config, chosen)
        there.send(run_id)
        workspace.wait(run_id)


def make_line(workspace: Workspace, folder: Path, chosen: Chosen | None) -> Line:
    prepare(workspace, folder / "data")
    return Line(workspace, build_tiny_t5(folder / "tiny-t5"), chosen)


def note(what: str, seconds: float) -> None:
    """Keep how long something took, where TEST_FIGURES says: the docs' table comes from it."""
    keep_figure({"what": what, "seconds": round(seconds, 2)})


def keep_figure(figure: dict[str, object]) -> None:
    """Add a line to the file that TEST_FIGURES names, where it names one."""
    if path := os.environ.get("TEST_FIGURES"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(figure) + "\n")
