"""`review export|import`, `export rationales` and `export dataset`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scicot.cli import export
from scicot.cli.output import AsJson, current_actor, emit, parse_statuses
from scicot.services.review.dataset_export import export_dataset
from scicot.services.review.exports import RationaleFormat, export_rationales
from scicot.services.review.files import export_reviews
from scicot.services.review.outside import import_decisions
from scicot.services.workspace import open_workspace

group = typer.Typer(no_args_is_help=True, help="Take the decisions of reviewers out and in.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program and to the group `export`."""
    app.add_typer(group, name="review")
    export.group.command("rationales")(rationales_command)
    export.group.command("dataset")(dataset_command)


@group.command("export")
def export_command(
    path: Annotated[Path, typer.Argument(help="The JSONL file to write.")],
    dataset: Annotated[str | None, typer.Option(help="Only this dataset.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write every rationale with its revisions and verdicts, one a line."""
    with open_workspace() as session:
        count = export_reviews(session, current_actor(), path, dataset=dataset)
    emit({"rationales": count, "path": str(path)}, as_json, f"Wrote {count} rationales to {path}.")


@group.command("import")
def import_command(
    path: Annotated[
        Path, typer.Argument(help="A file of `review export`, Argilla or Label Studio.")
    ],
    as_json: AsJson = False,
) -> None:
    """Take in decisions that were made elsewhere, all or nothing."""
    with open_workspace() as session:
        done = import_decisions(session, current_actor(), path)
    emit(
        asdict(done),
        as_json,
        f"Added {done.added}, already there {done.already_there}, unmatched {done.unmatched}, "
        f"decided otherwise here {done.conflicting}.",
    )


def rationales_command(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    dataset: Annotated[str | None, typer.Option(help="Only this dataset.")] = None,
    include: Annotated[str, typer.Option(help="Statuses, comma-separated.")] = "accepted,edited",
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    style: Annotated[
        RationaleFormat,
        typer.Option(
            "--format",
            help="dpo: edits over originals; process: sentences, right or wrong.",
        ),
    ] = RationaleFormat.JSONL,
    as_json: AsJson = False,
) -> None:
    """Write approved rationales with the original beside the edit."""
    with open_workspace() as session:
        count = export_rationales(
            session,
            current_actor(),
            path,
            dataset=dataset,
            include=parse_statuses(include),
            source=source,
            style=style,
        )
    emit({"rationales": count, "path": str(path)}, as_json, f"Wrote {count} rationales to {path}.")


def dataset_command(
    path: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    dataset: Annotated[str, typer.Option(help="Whose questions are written.")],
    include: Annotated[
        str, typer.Option(help="Statuses of rationales, comma-separated.")
    ] = "accepted,edited",
    as_json: AsJson = False,
) -> None:
    """Write the questions with their rationales as a Hugging Face dataset with a card."""
    with open_workspace() as session:
        counts = export_dataset(
            session, current_actor(), path, dataset=dataset, include=parse_statuses(include)
        )
    said = ", ".join(f"{count} {split}" for split, count in counts.items())
    emit({"path": str(path), "questions": counts}, as_json, f"Wrote {said} to {path}.")
