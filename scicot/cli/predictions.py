"""`import predictions` and `export predictions`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scicot.cli import export, imports
from scicot.cli.output import AsJson, current_actor, emit, run_number, say
from scicot.pure.evaluation.table_words import with_reasons
from scicot.pure.questions.columns import read_pairs
from scicot.services.predictions.files import export_predictions, import_predictions
from scicot.services.workspace import open_workspace
from scicot.words.configs import Reader
from scicot.words.records import Split, Variant


def register(app: typer.Typer) -> None:
    """Add this module's commands to the groups `import` and `export`."""
    imports.group.command("predictions")(import_command)
    export.group.command("predictions")(export_command)


def import_command(
    path: Annotated[
        Path, typer.Argument(help="id or question, output: JSONL, CSV, harness samples.")
    ],
    dataset: Annotated[str, typer.Option(help="The dataset that the ids belong to.")],
    name: Annotated[str, typer.Option(help="What this run is called.")],
    split: Annotated[Split, typer.Option(help="The split that was answered.")] = Split.TEST,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave bad rows out and list them.")
    ] = False,
    mapping: imports.MapOption = None,
    encoding: Annotated[str | None, typer.Option(help="Of a CSV, where the guess errs.")] = None,
    reader: Annotated[
        Reader,
        typer.Option(help="How outputs are read: strictly, as a student's, or as a large model's."),
    ] = "student",
    as_json: AsJson = False,
) -> None:
    """Import a run made elsewhere, to compare it; its outputs are read by our own parsing."""
    with open_workspace() as session:
        done = import_predictions(
            session,
            current_actor(),
            path,
            dataset=dataset,
            split=split,
            name=name,
            skip_bad_rows=skip_bad_rows,
            mapping=read_pairs(mapping or []),
            encoding=encoding,
            reader=reader,
        )
    for row in done.rejected:
        say(row.reason)
    emit(
        {
            "run": done.run,
            "added": done.added,
            "already_there": done.already_there,
            "no_answer": done.no_answer,
            "no_answer_reasons": dict(done.reasons),
            "rejected": len(done.rejected),
            "column": done.column,
        },
        as_json,
        f"Run {done.run}: added {done.added}, already there {done.already_there}, "
        f"{with_reasons(f'no answer in {done.no_answer}', done.reasons)}, "
        f"left out {len(done.rejected)}. Outputs are from '{done.column}'.",
    )


def export_command(
    run_id: Annotated[
        int, typer.Argument(metavar="RUN", parser=run_number, help="The run's number or name.")
    ],
    path: Annotated[Path, typer.Argument(help="The JSONL file to write.")],
    variant: Annotated[
        Variant, typer.Option(help="Which rationale the answering stage was given.")
    ] = Variant.MAIN,
    as_json: AsJson = False,
) -> None:
    """Write a run's predictions as JSONL, one question a line."""
    with open_workspace() as session:
        count = export_predictions(session, current_actor(), run_id, path, variant=variant)
    emit(
        {"run": run_id, "predictions": count, "path": str(path)},
        as_json,
        f"Wrote {count} predictions to {path}.",
    )
