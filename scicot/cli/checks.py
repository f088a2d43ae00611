"""`checks run|measure|list`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scicot.cli.output import AsJson, emit, say
from scicot.pure.shares import say_share
from scicot.services.questions.lookup import list_datasets, list_questions
from scicot.services.rationales.check_measures import (
    NOT_MEASURED,
    find_measured,
    is_measured,
    list_measured,
    write_measures,
    write_source_measures,
)
from scicot.services.rationales.checks import run_checks
from scicot.services.review.rejection import fit_queue
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
def list_command(
    source: Annotated[
        str | None, typer.Option(help="On this teacher's texts. [the starter's]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the checks with the precision and recall measured on texts labelled by reading."""
    rows = []
    for check, measure in list_measured(source):
        rows.append(
            {
                "check": check.id,
                "severity": check.severity.value,
                "explanation": check.explanation,
                "precision": measure.precision if measure else None,
                "recall": measure.recall if measure else None,
                "spoke_in": measure.right + measure.wrong if measure else None,
            }
        )
    text = "\n".join(
        f"{row['check']:<18} {_share(row['precision'])} {_share(row['recall'])} "
        f"{_count(row['spoke_in'])}  "
        f"{row['explanation']}"
        for row in rows
    )
    measured_on = "starter"
    if source is not None:
        measured_on = find_measured(source) or ("starter" if is_measured(source) else NOT_MEASURED)
    heading = f"{'check':<18} right found  spoke in"
    if measured_on == NOT_MEASURED:
        say(f"{NOT_MEASURED}: the figures are of the starter teacher. Audit the clean pile first.")
    emit({"checks": rows, "measured_on": measured_on}, as_json, f"{heading}\n{text}")


def _share(value: object) -> str:
    return f"{say_share(value, 0) if isinstance(value, float) else '-':>5}"


def _count(value: object) -> str:
    return f"{value if isinstance(value, int) else '-':>9}"


@group.command("measure")
def measure_command(
    source: Annotated[
        str | None, typer.Option(help="Another teacher whose texts were labelled, e.g. flan-t5.")
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="With --source: its texts, JSONL of id and rationale.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the checks again on the labelled texts, and write the figures that are shown.

    Both ARC sets must be imported. The file lies with the code: a change of it is for review.
    """
    if (source is None) != (texts is None):
        raise typer.BadParameter("--source and --texts go together.")
    with open_workspace() as session:
        questions = {
            question.external_id: question
            for dataset in list_datasets(session)
            for question in list_questions(session, dataset, Split.TRAIN)
        }
    if source is not None and texts is not None:
        measured = write_source_measures(questions, source, texts)
    else:
        measured = write_measures(questions)
    said = "Measured, and written to scicot/data/check_measures.json. See `checks list`."
    emit(measured, as_json, said)


@group.command("rejection")
def rejection_command(
    dataset: Annotated[str, typer.Option(help="Whose verdicts are fitted.")],
    as_json: AsJson = False,
) -> None:
    """Fit the probability of rejection on the verdicts so far, and show its calibration."""
    with open_workspace() as session:
        rejection = fit_queue(session, dataset)
    if rejection is None:
        emit({"verdicts": 0}, as_json, "Too few verdicts: five of each kind at least.")
        return
    lines = [
        f"predicted {say_share(part.predicted, 0)}, rejected {say_share(part.rejected, 0)} "
        f"of {part.verdicts}"
        for part in rejection.calibration
    ]
    emit(asdict(rejection), as_json, "\n".join([rejection.sentence(), *lines]))
