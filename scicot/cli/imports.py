"""`import questions|rationales`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scicot.cli.output import AsJson, current_actor, emit, say
from scicot.services.questions.imports import import_questions
from scicot.services.rationales.imports import import_rationales
from scicot.services.workspace import open_workspace
from scicot.words.records import Split

group = typer.Typer(no_args_is_help=True, help="Bring questions, rationales or predictions in.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="import")


@group.command("questions")
def questions_command(
    location: Annotated[
        str, typer.Argument(help="A .jsonl file, ARC's folder, hub:ID, or starter.")
    ],
    dataset: Annotated[str, typer.Option(help="Its name; a prefix for a folder with both sets.")],
    split: Annotated[Split | None, typer.Option(help="For a single file.")] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave bad rows out and list them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import questions; a folder in ARC's official layout brings all splits of both sets."""
    with open_workspace() as session:
        done = import_questions(
            session,
            current_actor(),
            location,
            dataset=dataset,
            split=split,
            skip_bad_rows=skip_bad_rows,
        )
    for row in done.rejected:
        say(row.reason)
    if done.first_imported:
        say(f"Already imported on {done.first_imported}.")
    emit(
        {
            "datasets": done.datasets,
            "added": done.added,
            "already_there": done.already_there,
            "rejected": len(done.rejected),
        },
        as_json,
        f"Added {done.added}, already there {done.already_there}, left out {len(done.rejected)}.",
    )


@group.command("rationales")
def rationales_command(
    path: Annotated[Path, typer.Argument(help='JSONL: {"id", "rationale"}.')],
    dataset: Annotated[str, typer.Option(help="The dataset, or the prefix of both ARC sets.")],
    source: Annotated[str, typer.Option(help="What this source is called.")],
    as_json: AsJson = False,
) -> None:
    """Import rationales that people wrote, by question id."""
    with open_workspace() as session:
        done = import_rationales(session, current_actor(), path, dataset=dataset, source=source)
    emit(
        {
            "added": done.added,
            "already_there": done.already_there,
            "unmatched": done.unmatched,
        },
        as_json,
        f"Added {done.added}, already there {done.already_there}, unmatched {done.unmatched}.",
    )
