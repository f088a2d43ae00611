"""`results`: the paper's tables with ours beside them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from scicot.cli.output import AsJson, emit
from scicot.pure.evaluation.table_formats import to_csv, to_latex, to_markdown
from scicot.pure.evaluation.tables import ResultTable, TableCell
from scicot.services.evaluation.results import load_results
from scicot.services.workspace import open_workspace


class Format(StrEnum):
    """How the tables are written."""

    MARKDOWN = "markdown"
    LATEX = "latex"
    CSV = "csv"


WRITERS = {Format.MARKDOWN: to_markdown, Format.LATEX: to_latex, Format.CSV: to_csv}


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("results")(results_command)


def results_command(
    experiment: Annotated[int | None, typer.Option(help="One experiment's runs only.")] = None,
    student: Annotated[str | None, typer.Option(help="The student whose runs count.")] = None,
    written: Annotated[
        Format, typer.Option("--format", help="How the tables are written.")
    ] = Format.MARKDOWN,
    as_json: AsJson = False,
) -> None:
    """Show the paper's tables, published and measured here, from the finished runs."""
    with open_workspace() as session:
        results = load_results(session, experiment_id=experiment, student=student)
    emit(
        {
            "experiment": experiment,
            "student": results.student,
            "source": results.paper.source,
            "tables": [describe(table) for table in results.tables],
        },
        as_json,
        "\n".join(WRITERS[written](table) for table in results.tables),
    )


def describe(table: ResultTable) -> dict[str, Any]:
    """Return a table as the JSON that scripts read. Accuracies are fractions."""
    return {
        "key": table.key,
        "title": table.title,
        "rows": [
            {
                "label": row.label,
                "note": row.note,
                "cells": {
                    column: _describe_cell(cell)
                    for column, cell in zip(table.columns, row.cells, strict=True)
                },
            }
            for row in table.rows
        ],
    }


def _describe_cell(cell: TableCell) -> dict[str, Any]:
    found = cell.measured
    if found is None:
        return {"paper": cell.published, "ours": None}
    interval = found.interval
    return {
        "paper": cell.published,
        "ours": found.accuracy,
        "interval": [interval.low, interval.high] if interval else None,
        "interval_over": found.over,
        "runs": found.run_ids,
        "questions": found.questions,
        "option_accuracy": found.option_accuracy,
        "no_answer_share": found.no_answer_share,
        "left_out": found.left_out,
    }
