"""`report`: an experiment in one file for a reader without the app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scicot.cli.output import AsJson, OfExperiment, emit
from scicot.services.evaluation.report import write_report
from scicot.services.workspace import open_workspace


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("report")(report_command)


def report_command(
    out: Annotated[Path, typer.Option(help="The file: .html, or .md for Markdown.")],
    experiment: OfExperiment = None,
    as_json: AsJson = False,
) -> None:
    """Write tables, figures, comparisons, slices, examples and every run's settings to a file."""
    with open_workspace() as session:
        report = write_report(session, out, experiment_id=experiment)
    emit(
        {
            "path": str(out),
            "title": report.title,
            "runs": len(report.runs),
            "pairs": len(report.pairs),
            "tables": len(report.tables),
            "figures": len(report.figures),
        },
        as_json,
        f"Wrote {out}: {len(report.runs)} runs, {len(report.pairs)} comparisons.",
    )
