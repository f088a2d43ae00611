"""`checks run|measure|list`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from scicot.cli.output import AsJson, emit
from scicot.services.questions.lookup import list_datasets, list_questions
from scicot.services.rationales.check_measures import list_measured, write_measures
from scicot.services.rationales.checks import run_checks
from scicot.services.workspace import open_workspace
from scicot.words.records import Split

group = typer.Typer(no_args_is_help=True, help="Test rationales automatically.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="checks")


@group.command("run")
def run_command(
    dataset: Annotated[str, typer.Option(help="Whose rationales are checked.")],
    as_json: AsJson = False,
) -> None:
    """Check every rationale of a dataset and keep the flags."""
    with open_workspace() as session:
        report = run_checks(session, dataset)
    lines = [f"{count:>6}  {check}" for check, count in report.by_check.items()]
    heading = f"{report.flagged} of {report.rationales} rationales are flagged."
    emit(asdict(report), as_json, "\n".join([heading, *lines]))


@group.command("list")
def list_command(as_json: AsJson = False) -> None:
    """Show the checks with the precision and recall measured on texts labelled by reading."""
    rows = []
    for check, measure in list_measured():
        rows.append(
            {
                "check": check.id,
                "severity": check.severity.value,
                "explanation": check.explanation,
                "precision": measure.precision if measure else None,
                "recall": measure.recall if measure else None,
            }
        )
    text = "\n".join(
        f"{row['check']:<18} {_share(row['precision'])} {_share(row['recall'])}  "
        f"{row['explanation']}"
        for row in rows
    )
    emit({"checks": rows}, as_json, f"{'check':<18} right found\n{text}")


def _share(value: object) -> str:
    return f"{value:>5.0%}" if isinstance(value, float) else "    -"


@group.command("measure")
def measure_command(as_json: AsJson = False) -> None:
    """Measure the checks again on the labelled texts; both ARC sets must be imported."""
    with open_workspace() as session:
        questions = {
            question.external_id: question
            for dataset in list_datasets(session)
            for question in list_questions(session, dataset, Split.TRAIN)
        }
    emit(write_measures(questions), as_json, "Measured. See `checks list`.")
