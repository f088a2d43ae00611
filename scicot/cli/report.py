"""`report`: an experiment in one file for a reader without the app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scicot.cli.output import AsJson, OfExperiment, emit
from scicot.pure.evaluation.report import EXAMPLES
from scicot.services.evaluation.report import write_report
from scicot.services.workspace import open_workspace


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("report")(report_command)


def report_command(
    out: Annotated[Path, typer.Option(help="The file: .html, or .md for Markdown.")],
    experiment: OfExperiment = None,
    examples: Annotated[
        int,
        typer.Option(
            min=0,
            help="Questions shown of each cell; with 0 no text of the questions' stands in it.",
        ),
    ] = EXAMPLES,
    as_json: AsJson = False,
) -> None:
    """Write tables, figures, comparisons, slices, examples and every run's settings to a file."""
    with open_workspace() as session:
        report = write_report(session, out, experiment_id=experiment, examples=examples)
    emit(
        {
            "path": str(out),
            "title": report.title,
            "runs": len(report.runs),
            "pairs": len(report.pairs),
            "tables": sum(len(part.tables) for part in report.parts),
            "figures": sum(len(part.figures) for part in report.parts),
        },
        as_json,
        f"Wrote {out}: {len(report.runs)} runs, {len(report.pairs)} comparisons.",
    )
