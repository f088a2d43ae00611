"""`predict RUN` and `export student RUN PATH`: what one does with trained students."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scicot.cli import export
from scicot.cli.launcher import choose_launcher
from scicot.cli.output import AsJson, current_actor, emit, say
from scicot.cli.runs import Ask, Launcher, RunId, finish_or_follow
from scicot.services.students.export import export_student
from scicot.services.workspace import open_workspace
from scicot.words.configs import PredictionConfig
from scicot.words.records import Split


def register(app: typer.Typer) -> None:
    """Add `predict` to the program and `student` to the group `export`."""
    app.command("predict")(predict_command)
    export.group.command("student")(export_command)


def predict_command(
    run_id: RunId,
    dataset: Annotated[str, typer.Option(help="Whose questions are answered.")],
    split: Annotated[Split, typer.Option(help="Which of them.")] = Split.TEST,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first questions.")] = None,
    launcher: Launcher = None,
    ask: Ask = None,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let the students of a finished run answer a split, in a run of its own."""
    config = PredictionConfig.checked(run=run_id, dataset=dataset, split=split, limit=limit)
    with open_workspace() as workspace:
        chosen = choose_launcher(workspace, launcher, ask)
        started = workspace.start(current_actor(), config, chosen)
    say(f"Run {started} is queued.")
    finish_or_follow(started, wait=wait, as_json=as_json)


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
