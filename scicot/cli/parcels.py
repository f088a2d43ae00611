"""`runs pack`, `work` and `runs take-in`: a run that travels without the database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scicot.cli import runs
from scicot.cli.handlers import HANDLERS
from scicot.cli.output import AsJson, current_actor, emit, say
from scicot.cli.runs import RunId
from scicot.services.parcels.pack import pack_run
from scicot.services.parcels.take_in import take_in
from scicot.services.parcels.work import Worked, work_parcel
from scicot.services.runs.preemption import heed_preemption
from scicot.services.workspace import open_workspace
from scicot.words.launching import PREEMPTED_EXIT
from scicot.words.records import RunStatus
from scicot.words.settings import get_settings


def register(app: typer.Typer) -> None:
    """Add `work` to the program, `pack` and `take-in` to the group `runs`."""
    app.command("work")(work_command)
    runs.group.command("pack")(pack_command)
    runs.group.command("take-in")(take_in_command)


def pack_command(
    run_id: RunId,
    path: Annotated[Path, typer.Argument(help="The parcel to write, e.g. run12.tar.")],
    as_json: AsJson = False,
) -> None:
    """Write all that a training run needs to one file; it is then trained by `work`, not here."""
    with open_workspace() as workspace:
        packed = pack_run(workspace, workspace.settings, current_actor(), run_id, path.resolve())
    emit(asdict(packed), as_json, f"Run {run_id} is packed: {packed.path}, {packed.bytes:,} bytes.")


def work_command(
    path: Annotated[Path, typer.Argument(help="A parcel that `runs pack` wrote.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where it works. [beside the parcel, PATH without .tar]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train and answer a packed run here, without the database it came from; resumable."""
    settings = get_settings()
    where = folder.resolve() if folder else None

    def leave(worked: Worked) -> None:
        _say_worked(worked, as_json)
        runs.end_process(_exit_code(worked))

    preempted = heed_preemption()
    worked = work_parcel(
        path.resolve(), settings, HANDLERS, where, leave=leave, preempted=preempted
    )
    _say_worked(worked, as_json)
    if worked.status is not RunStatus.DONE:
        raise typer.Exit(_exit_code(worked))


def _exit_code(worked: Worked) -> int:
    """Return how a run that is not done ends its process; one that was put down is begun anew."""
    return PREEMPTED_EXIT if worked.status is RunStatus.QUEUED else 1


def _say_worked(worked: Worked, as_json: bool) -> None:
    if worked.status is RunStatus.DONE:
        say(f"Take it in where it was packed: scicot runs take-in {worked.result}")
    text = worked.result or f"Run {worked.run} is {worked.status}. {worked.error or ''}"
    if worked.status is RunStatus.QUEUED:
        text = f"Run {worked.run} is put down; the same command goes on from what is saved."
    emit(asdict(worked), as_json, text)


def take_in_command(
    path: Annotated[Path, typer.Argument(help="The result that `work` wrote.")],
    as_json: AsJson = False,
) -> None:
    """Bring stages, predictions, metrics and log of a packed run back: all of it or nothing."""
    with open_workspace() as workspace:
        taken = take_in(workspace, workspace.settings, current_actor(), path.resolve())
    there = "was there already" if taken.already_there else "is taken in"
    text = f"Run {taken.run} {there}: {taken.stages} stages, {taken.predictions} predictions."
    emit(asdict(taken), as_json, text)
