"""`predict RUN`, `runs join RUN`, `export student RUN PATH`: what trained students are for."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from scicot.cli import export, runs
from scicot.cli.launcher import choose_launcher
from scicot.cli.output import AsJson, current_actor, emit, say
from scicot.cli.runs import Ask, Launcher, RunId, end_process, finish_or_follow
from scicot.services.students.export import export_student
from scicot.services.students.sharded import join_run
from scicot.services.workspace import open_workspace
from scicot.words.configs import PredictionConfig
from scicot.words.records import Split


def register(app: typer.Typer) -> None:
    """Add `predict` to the program, `join` to the group `runs` and `student` to `export`."""
    app.command("predict")(predict_command)
    runs.group.command("join")(join_command)
    export.group.command("student")(export_command)


def predict_command(
    run_id: RunId,
    dataset: Annotated[str, typer.Option(help="Whose questions are answered.")],
    split: Annotated[
        Split | None,
        typer.Option(help="Which of them. [validation; test where there is none]"),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first questions.")] = None,
    questions_per_shard: Annotated[
        int | None,
        typer.Option(min=1, help="Of more, each part is stored by itself: `runs join`. [5000]"),
    ] = None,
    launcher: Launcher = None,
    ask: Ask = None,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let the students of a finished run answer a split, in a run of its own."""
    told = {"split": split, "questions_per_shard": questions_per_shard}
    chosen_here = {name: value for name, value in told.items() if value is not None}
    config = PredictionConfig.checked(run=run_id, dataset=dataset, limit=limit, **chosen_here)
    with open_workspace() as workspace:
        chosen = choose_launcher(workspace, launcher, ask)
        started = workspace.start(current_actor(), config, chosen)
    say(f"Run {started} is queued.")
    finish_or_follow(started, wait=wait, as_json=as_json)


def join_command(run_id: RunId, as_json: AsJson = False) -> None:
    """Help a run that answers many questions, here: take shard after shard until none is free."""
    with open_workspace() as workspace:
        joined = join_run(workspace.settings, run_id, leave=partial(_leave, run_id))
    emit(
        asdict(joined),
        as_json,
        f"Answered {joined.questions:,} questions in {joined.shards} shards of run {run_id}, which "
        f"is {joined.status}.",
    )


def _leave(run_id: int) -> None:
    """End this process in the midst of a computation, since the run has stopped."""
    say(f"Run {run_id} has stopped; the shard under way is left to whoever resumes it.")
    end_process()


def export_command(
    run_id: RunId,
    path: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    as_json: AsJson = False,
) -> None:
    """Write a run's students as Hugging Face folders with model cards."""
    with open_workspace() as workspace:
        folders = export_student(workspace, current_actor(), workspace.settings, run_id, path)
    names = [str(folder) for folder in folders]
    emit({"run": run_id, "folders": names}, as_json, "\n".join(names))
