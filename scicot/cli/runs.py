"""The group `runs`: list, show, cancel, resume, start, next, logs, send; and `run-worker`."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from scicot.cli.handlers import HANDLERS
from scicot.cli.launcher import choose_launcher
from scicot.cli.output import AsJson, current_actor, emit, run_number, say
from scicot.pure.evaluation.apart import tell_apart
from scicot.pure.predictions.places import read_standing
from scicot.pure.printable import printable
from scicot.pure.shares import say_share
from scicot.pure.training.differences import Difference
from scicot.services.launching.launches import (
    get_launch,
    preview_submission,
    read_run_log,
)
from scicot.services.launching.tending import take_over_requeued
from scicot.services.runs.parts import list_parts
from scicot.services.runs.preemption import heed_preemption
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import get_run, list_runs
from scicot.services.runs.steering import move_to_front
from scicot.services.runs.tracking import send_run
from scicot.services.runs.worker import run_worker
from scicot.services.training.cloning import differences_between_runs
from scicot.services.workspace import open_workspace
from scicot.words.launching import PREEMPTED_EXIT
from scicot.words.records import ENDED_BADLY, RunStatus, Tracker
from scicot.words.runs import RunView
from scicot.words.settings import LOCAL

RunId = Annotated[
    int, typer.Argument(metavar="RUN", parser=run_number, help="The run's number or name.")
]
Launcher = Annotated[
    str | None, typer.Option(help="local, slurm or ray. [SCICOT_LAUNCHER]", metavar="NAME")
]
Ask = Annotated[
    list[str] | None,
    typer.Option(
        "--ask",
        metavar="FIELD=VALUE",
        help="What the cluster is asked for, e.g. partition=gpu or gpus=1; kept for the next time.",
    ),
]
group = typer.Typer(no_args_is_help=True, help="Look at runs, stop them, take them up again.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="runs")
    app.command("run-worker", hidden=True)(run_worker_command)


def describe(run: RunView) -> dict[str, Any]:
    """Return a run as the JSON that scripts read; the id stands under `run`."""
    fields = asdict(run)
    return {"run": fields.pop("id"), **fields}


def line(run: RunView, place: int | None = None) -> str:
    """Return a run as one line for a person; `place` is its number in the queue.

    Line breaks in its name or message, as a student's folder may bring them, are blanks here.
    """
    progress = f" {run.progress_done}/{run.progress_total}" if run.progress_total else ""
    status = f"queued {place}" if place else run.status.value
    name, said = (" ".join(text.split()) for text in (run.name, run.error or run.message))
    return f"{run.id:>5}  {status:<9}{progress:>12}  {name}  {said}"


@group.command("list")
def list_command(
    archived: Annotated[bool, typer.Option("--archived", help="Those archived too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the newest runs, and the number in the queue of those that wait."""
    with open_workspace() as workspace:
        workspace.tend()
        runs = list_runs(workspace, with_archived=archived)
        places = {run_id: place for place, run_id in enumerate(list_queue(workspace), 1)}
    differs = tell_apart(runs)
    fields = [
        describe(run) | {"queue": places.get(run.id), "differs": differs[run.id]} for run in runs
    ]
    lines = [line(run, places.get(run.id)) + _say_standing(run, differs[run.id]) for run in runs]
    emit({"runs": fields}, as_json, "\n".join(lines))


def _say_standing(run: RunView, differs: str) -> str:
    """Return what a run has right, what one place always would give, and whether it chooses.

    In what it is unlike the other runs comes last.
    """
    accuracy, standing = (run.metrics or {}).get("accuracy"), read_standing(run.metrics)
    if accuracy is None:
        return ""
    questions = (run.metrics or {}).get("questions")
    said = [f"{say_share(accuracy)}{f' of {questions:,}' if questions else ''} right"]
    if standing.same_place is not None:
        said.append(f"one place always {say_share(standing.same_place)}")
    return f"  ({'; '.join(filter(None, [*said, standing.warning, differs]))})"


@group.command("show")
def show_command(run_id: RunId, as_json: AsJson = False) -> None:
    """Show one run with its settings, what its parts cost, and its result."""
    with open_workspace() as session:
        session.tend()
        run = get_run(session, run_id)
        parts = list_parts(session, run_id)
        launch = get_launch(session, run_id)
    fields = describe(run) | {"parts": [asdict(part) for part in parts]}
    lines = [f"{key}: {value}" for key, value in fields.items()]
    if launch:
        fields["launch"] = how = asdict(launch)
        # to be copied as it is: several lines, in the case of a batch script
        told = {"run", "launcher", "submission"}
        lines += [f"{key}: {value}" for key, value in how.items() if key not in told]
        lines += ["submission:", launch.submission] if launch.submission else []
    emit(fields, as_json, "\n".join(lines))


@group.command("cancel")
def cancel_command(run_id: RunId, as_json: AsJson = False) -> None:
    """Ask a run to stop at its next safe point, wherever it is."""
    with open_workspace() as session:
        run = session.cancel(current_actor(), run_id)
    emit(describe(run), as_json, line(run))


@group.command("resume")
def resume_command(
    run_id: RunId,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take up a lost, cancelled or failed run from what is complete."""
    with open_workspace() as workspace:
        run = workspace.resume(current_actor(), run_id)
    finish_or_follow(run.id, wait=wait, as_json=as_json)


@group.command("start")
def start_command(
    run_id: RunId,
    launcher: Launcher = None,
    ask: Ask = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Print what would be handed in; start nothing.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a run that waits, was packed or was stopped go: on this machine, or on a cluster."""
    with open_workspace() as workspace:
        chosen = choose_launcher(workspace, launcher or LOCAL, ask)
        if preview:
            if chosen is None:
                raise typer.BadParameter("--preview is for --launcher slurm or ray.")
            typer.echo(preview_submission(workspace.settings, chosen.name, chosen.options))
            return
        if chosen is None:
            run = workspace.start_here(current_actor(), run_id)
        else:
            run = workspace.send(current_actor(), run_id, chosen)
    finish_or_follow(run.id, wait=wait, as_json=as_json)


@group.command("follow")
def follow_command(
    run_id: RunId,
    as_json: AsJson = False,
) -> None:
    """Say every change of a run until it ends: here, on a cluster, or in a parcel's folder."""
    finish_or_follow(run_id, wait=True, as_json=as_json)


@group.command("next")
def next_command(run_id: RunId, as_json: AsJson = False) -> None:
    """Make a waiting run the next to start."""
    with open_workspace() as session:
        move_to_front(session, current_actor(), run_id)
        run = get_run(session, run_id)
    emit(describe(run), as_json, line(run, 1))


@group.command("logs")
def logs_command(run_id: RunId) -> None:
    """Print the log of a run's worker."""
    with open_workspace() as workspace:
        text = read_run_log(workspace, workspace.settings, run_id)
    typer.echo(printable(text) or f"Run {run_id} has not written a log yet.")


@group.command("send")
def send_command(
    run_id: RunId,
    to: Annotated[Tracker, typer.Option(help="tensorboard needs no package of its own.")],
    folder: Annotated[
        Path | None, typer.Option(help="Of TensorBoard's files. [tensorboard/ of the artifacts]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give a run's settings, curves and results to a tool that shows runs."""
    with open_workspace() as workspace:
        where = send_run(workspace, workspace.settings, current_actor(), run_id, to, folder)
    emit({"run": run_id, "to": to.value, "where": where}, as_json, f"Run {run_id} is at {where}.")


@group.command("differences")
def differences_command(
    there: Annotated[int, typer.Argument(help="The run compared with.")],
    here: Annotated[int, typer.Argument(help="The run whose differences are shown.")],
    as_json: AsJson = False,
) -> None:
    """Show what the second run has different from the first: settings, code, packages."""
    with open_workspace() as session:
        differences = differences_between_runs(session, there, here)
    fields = {
        "there": there,
        "here": here,
        "differences": [asdict(difference) for difference in differences],
    }
    emit(fields, as_json, describe_differences(there, differences))


def describe_differences(run_id: int, found: Sequence[Difference]) -> str:
    """Return what differs from a run as lines for a person."""
    if not found:
        return f"Nothing differs from run {run_id}."
    lines = [
        f"  {difference.setting}: {_value(difference.there)} -> {_value(difference.here)}"
        for difference in found
    ]
    return "\n".join([f"What differs from run {run_id}:", *lines])


def _value(value: object) -> str:
    return "not set" if value is None else str(value)


def finish_or_follow(
    run_id: int, *, wait: bool, as_json: bool, more: Mapping[str, Any] | None = None
) -> None:
    """Say where a run stands, at its end if `wait`; exit 1 when it ended badly.

    `more` stands in the JSON beside the run.
    """
    with open_workspace() as workspace:
        run = get_run(workspace, run_id)
        if wait:
            run = workspace.wait(run_id, on_change=lambda changed: say(line(changed)))
    fields = describe(run)
    fields |= {"metrics": {}, **fields.pop("result"), **(more or {})}
    emit(fields, as_json, line(run))
    if run.status in ENDED_BADLY:
        raise typer.Exit(1)


def run_worker_command(
    run_id: Annotated[int, typer.Argument(help="The run's number.")],
) -> None:
    """Carry out one run in this process; launchers call this."""
    job, restarts = os.environ.get("SLURM_JOB_ID"), os.environ.get("SLURM_RESTART_COUNT")
    # a worker of this machine that is ended is lost, which its app says
    preempted = heed_preemption() if job else threading.Event()
    with open_workspace() as workspace:
        take_over_requeued(workspace, run_id, job, restarts)
        status = run_worker(
            run_id,
            workspace.settings,
            HANDLERS,
            leave=partial(_leave, preempted),
            preempted=preempted,
        )
        if status is RunStatus.QUEUED:
            raise typer.Exit(PREEMPTED_EXIT)
        workspace.tend()
    raise typer.Exit(0 if status is RunStatus.DONE else 1)


def _leave(preempted: threading.Event) -> None:
    """End this process in the midst of a computation; the next run gets its slot before."""
    if preempted.is_set():
        end_process(PREEMPTED_EXIT)
    with open_workspace() as workspace:
        workspace.tend()
    end_process()


def end_process(code: int = 1) -> NoReturn:
    """End this process in the midst of a computation, which nothing else can end."""
    logging.shutdown()
    os._exit(code)
