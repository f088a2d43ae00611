"""`experiment run FILE.yaml`: a grid of runs that share stages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from scicot.cli.launcher import choose_launcher
from scicot.cli.output import AsJson, current_actor, emit, say
from scicot.cli.runs import Ask, Launcher, line
from scicot.services.training.experiments import load_experiment
from scicot.services.workspace import open_workspace
from scicot.words.records import RunStatus

group = typer.Typer(no_args_is_help=True, help="Grids of runs.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="experiment")


@group.callback()
def experiments() -> None:
    """Grids of runs."""  # a group of one command keeps its name only with a callback


@group.command("run")
def run_command(
    path: Annotated[Path, typer.Argument(help="The grid, e.g. docs/table2.yaml.")],
    launcher: Launcher = None,
    ask: Ask = None,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until every run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Queue every run of the grid; a stage that several of them need is trained once."""
    with open_workspace() as workspace:
        chosen = choose_launcher(workspace, launcher, ask)
        started = workspace.start_experiment(current_actor(), load_experiment(path), chosen)
    say(f"Experiment {started.id}: {len(started.run_ids)} runs are queued.")
    statuses: dict[int, str] = {}
    if wait:
        with open_workspace() as workspace:
            for run_id in started.run_ids:
                run = workspace.wait(run_id, on_change=lambda changed: say(line(changed)))
                statuses[run_id] = run.status
    result: dict[str, Any] = {"experiment": started.id, "runs": list(started.run_ids)}
    if wait:
        result["statuses"] = statuses
    emit(result, as_json, f"Experiment {started.id}: runs {', '.join(map(str, started.run_ids))}")
    if any(status != RunStatus.DONE for status in statuses.values()):
        raise typer.Exit(1)
