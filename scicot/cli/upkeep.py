"""Rename, archive and delete runs, snapshots and datasets; notes and tags; `space`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from scicot.cli import runs, train
from scicot.cli.output import AsJson, current_actor, emit
from scicot.cli.runs import RunId, describe, line
from scicot.services.questions.lookup import count_questions, list_datasets
from scicot.services.upkeep import labels
from scicot.services.upkeep.deleting import delete_dataset, delete_run, delete_snapshot
from scicot.services.upkeep.dependents import Dependents, of_dataset, of_run, of_snapshot
from scicot.services.upkeep.space import free_space, measure_space, say_bytes
from scicot.services.workspace import open_workspace

Named = Annotated[str, typer.Argument(metavar="NAME", help="What it is called now.")]
NewName = Annotated[str, typer.Argument(metavar="NEW", help="What it is to be called.")]
Back = Annotated[bool, typer.Option("--back", help="Bring it back into the lists.")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Do it; without, it only says what would go with it.")
]
datasets = typer.Typer(no_args_is_help=True, help="The question sets: list, rename, delete.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program, most of them to groups that are there."""
    runs.group.command("rename")(rename_run_command)
    runs.group.command("archive")(archive_run_command)
    runs.group.command("delete")(delete_run_command)
    runs.group.command("note")(note_command)
    runs.group.command("tag")(tag_command)
    train.snapshots.command("rename")(rename_snapshot_command)
    train.snapshots.command("archive")(archive_snapshot_command)
    train.snapshots.command("delete")(delete_snapshot_command)
    app.add_typer(datasets, name="datasets")
    app.command("space")(space_command)


def rename_run_command(run_id: RunId, new: NewName, as_json: AsJson = False) -> None:
    """Give a run another name; its number stays."""
    with open_workspace() as session:
        run = labels.rename_run(session, current_actor(), run_id, new)
    emit(describe(run), as_json, line(run))


def archive_run_command(run_id: RunId, back: Back = False, as_json: AsJson = False) -> None:
    """Take a run out of the lists; links go on working, tables and comparisons count it."""
    with open_workspace() as session:
        run = labels.archive_run(session, current_actor(), run_id, is_archived=not back)
    emit(describe(run), as_json, line(run))


def note_command(
    run_id: RunId,
    text: Annotated[str, typer.Argument(help="Replaces the note before; '' takes it away.")],
    as_json: AsJson = False,
) -> None:
    """Keep a note on a run."""
    with open_workspace() as session:
        run = labels.note_run(session, current_actor(), run_id, text)
    emit(describe(run), as_json, run.note)


def tag_command(
    run_id: RunId,
    tags: Annotated[list[str] | None, typer.Argument(help="All that it is to bear.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give a run exactly these tags."""
    with open_workspace() as session:
        run = labels.tag_run(session, current_actor(), run_id, tags or [])
    emit(describe(run), as_json, ", ".join(run.tags))


def delete_run_command(run_id: RunId, yes: Yes = False, as_json: AsJson = False) -> None:
    """Delete a run with its predictions and curves; says first what goes with it."""
    with open_workspace() as workspace:
        found = of_run(workspace, run_id)
        if yes:
            found = delete_run(workspace, workspace.settings, current_actor(), run_id)
    _said(found, yes, as_json)


def rename_snapshot_command(name: Named, new: NewName, as_json: AsJson = False) -> None:
    """Give a snapshot another name; the one before still finds it."""
    with open_workspace() as session:
        snapshot = labels.rename_snapshot(session, current_actor(), name, new)
    emit({"snapshot": snapshot.id, **asdict(snapshot)}, as_json, f"It is '{snapshot.name}' now.")


def archive_snapshot_command(name: Named, back: Back = False, as_json: AsJson = False) -> None:
    """Take a snapshot out of the choice; its runs stay as they are."""
    with open_workspace() as session:
        snapshot = labels.archive_snapshot(session, current_actor(), name, is_archived=not back)
    said = f"Snapshot '{snapshot.name}' is {'back' if back else 'archived'}."
    emit({"snapshot": snapshot.id, **asdict(snapshot)}, as_json, said)


def delete_snapshot_command(name: Named, yes: Yes = False, as_json: AsJson = False) -> None:
    """Delete a snapshot that no run trained on; says first what goes with it."""
    with open_workspace() as session:
        found = of_snapshot(session, name)
        if yes:
            found = delete_snapshot(session, current_actor(), name)
    _said(found, yes, as_json)


@datasets.command("list")
def list_datasets_command(
    archived: Annotated[bool, typer.Option("--archived", help="Those archived too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the datasets with their questions by split."""
    with open_workspace() as session:
        counts = count_questions(session)
        listed = {
            name: counts.get(name, {}) for name in list_datasets(session, with_archived=archived)
        }
    lines = [
        f"{name}: {', '.join(f'{count:,} {split}' for split, count in by_split.items())}"
        for name, by_split in listed.items()
    ]
    emit({"datasets": listed}, as_json, "\n".join(lines))


@datasets.command("rename")
def rename_dataset_command(name: Named, new: NewName, as_json: AsJson = False) -> None:
    """Give a dataset another name; the one before still finds it."""
    with open_workspace() as session:
        now = labels.rename_dataset(session, current_actor(), name, new)
    emit({"dataset": now}, as_json, f"It is '{now}' now.")


@datasets.command("archive")
def archive_dataset_command(name: Named, back: Back = False, as_json: AsJson = False) -> None:
    """Take a dataset out of the choice; what hangs on it stays."""
    with open_workspace() as session:
        labels.archive_dataset(session, current_actor(), name, is_archived=not back)
    said = f"Dataset '{name}' is {'back' if back else 'archived'}."
    emit({"dataset": name, "archived": not back}, as_json, said)


@datasets.command("delete")
def delete_dataset_command(
    name: Named,
    with_runs: Annotated[
        bool, typer.Option("--with-runs", help="Its runs and snapshots too.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Delete a dataset with its rationales; says first what goes with it."""
    with open_workspace() as workspace:
        found = of_dataset(workspace, name)
        if yes:
            found = delete_dataset(
                workspace, workspace.settings, current_actor(), name, with_runs=with_runs
            )
    _said(found, yes, as_json)


def _said(found: Dependents, is_done: bool, as_json: bool) -> None:
    done = f"Deleted {found.what}, and with it: {', '.join(found.goes) or 'nothing else'}."
    asked = found.sentence() + ("" if found.blockers else " --yes does it.")
    emit(asdict(found) | {"deleted": is_done}, as_json, done if is_done else asked)


def space_command(
    free: Annotated[
        bool, typer.Option("--free", help="Delete the folders that no run needs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the room that students take, and what of it no run needs."""
    with open_workspace() as workspace:
        settings = workspace.settings
        if free:
            space = free_space(workspace, settings, current_actor())
            said = f"Freed {say_bytes(space.freeable)} in {len(space.unneeded):,} folders."
        else:
            space = measure_space(workspace, settings)
            said = space.sentence() + (" --free deletes them." if space.unneeded else "")
    fields = asdict(space) | {"total": space.total, "freeable": space.freeable, "freed": free}
    emit(fields, as_json, said)
