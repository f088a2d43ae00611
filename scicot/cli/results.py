"""`results`: the paper's tables with ours beside them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from scicot.cli.output import AsJson, OfExperiment, emit, say
from scicot.pure.evaluation.apart import UNLIKE, tell_apart
from scicot.pure.evaluation.table_formats import to_csv_file, to_latex, to_markdown
from scicot.pure.evaluation.table_words import percent, say_caption, with_reasons
from scicot.pure.evaluation.tables import ResultTable, TableCell
from scicot.pure.markdown import escape_markdown
from scicot.pure.statistics import Interval
from scicot.services.evaluation.results import Results, load_results
from scicot.services.workspace import open_workspace
from scicot.words.errors import NotFound
from scicot.words.records import Split


class Format(StrEnum):
    """How the tables are written."""

    MARKDOWN = "markdown"
    LATEX = "latex"
    CSV = "csv"


SHOWN = ("dataset",)  # of the list of runs: a column of its own
WRITERS = {Format.MARKDOWN: to_markdown, Format.LATEX: to_latex}


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("results")(results_command)


def results_command(
    experiment: OfExperiment = None,
    student: Annotated[str | None, typer.Option(help="The student whose runs count.")] = None,
    split: Annotated[
        Split | None, typer.Option(help="Whose questions. [validation, else test]")
    ] = None,
    settings: Annotated[
        str | None,
        typer.Option(
            metavar="KEY", help="The set of settings that the cells share, where there are several."
        ),
    ] = None,
    written: Annotated[
        Format, typer.Option("--format", help="How the tables are written.")
    ] = Format.MARKDOWN,
    as_json: AsJson = False,
) -> None:
    """Show the finished runs, whatever their set, and the paper's tables with ours beside them."""
    with open_workspace() as session:
        results = load_results(
            session, experiment_id=experiment, student=student, split=split, settings=settings
        )
    _refuse_unknown(results, settings)
    runs = _list_runs(results)
    emit(
        {
            "experiment": experiment,
            "student": results.student,
            "source": results.paper.source,
            "split": results.split,
            "splits": results.splits,
            "runs": runs,
            "settings": results.settings,
            "sets": [
                {"key": one.key, "settings": one.said, "runs": [run.id for run in one.runs]}
                for one in results.sets
            ],
            "shown_set": results.shown_set,
            "baselines": {
                dataset: {
                    "chance": baseline.chance,
                    "longest_option": baseline.longest_option,
                    "same_place": baseline.same_place,
                    "place": baseline.place,
                    "questions": baseline.questions,
                }
                for dataset, baseline in results.baselines.items()
            },
            "test_reads": {
                dataset: {"runs": reads.runs, "settings": reads.settings}
                for dataset, reads in results.test_reads.items()
            },
            "tables": [describe(table) for table in results.tables],
        },
        as_json,
        (_say_runs(runs) if written is Format.MARKDOWN else "") + _write(results.tables, written),
    )
    if len(results.sets) > 1:
        say(_say_sets(results))
    for dataset, reads in results.test_reads.items():
        say(reads.say(dataset))


def _refuse_unknown(results: Results, settings: str | None) -> None:
    """Raise NotFound, with the sets there are, for settings that no run of the tables has."""
    known = {one.key: one.said for one in results.sets}
    if settings is not None and settings not in known:
        there = "; ".join(f"{key}: {said or 'the only ones'}" for key, said in known.items())
        raise NotFound(f"No finished run has the settings '{settings}' (there are: {there}).")


def _say_sets(results: Results) -> str:
    """Return which sets of settings there are, and which of them the tables show."""
    lines = [
        f"{'*' if one.key == results.shown_set else ' '} --settings {one.key}: {one.title}"
        for one in results.sets
    ]
    return "\n".join(["Tables of one set of settings at a time; * is shown:", *lines])


def _list_runs(results: Results) -> list[dict[str, Any]]:
    """Return what each finished run of the split came to, by dataset, the best first."""
    differs = tell_apart(results.runs, SHOWN)
    lines = [
        {
            "run": run.id,
            "name": run.name,
            "dataset": run.dataset,
            "method": run.method,
            "student": run.config.get("student"),
            "differs": differs[run.id],
            "questions": results.scores[run.id].score.n,
            "accuracy": results.scores[run.id].score.accuracy,
            "interval": _ends(results.scores[run.id].score.interval),
            "option_accuracy": results.scores[run.id].option_accuracy,
            "no_answer": results.scores[run.id].score.no_answer,
            "no_answer_reasons": dict(results.scores[run.id].reasons),
            "same_place": results.scores[run.id].standing.same_place,
            "warning": results.scores[run.id].standing.warning,
        }
        for run in results.runs
    ]
    return sorted(lines, key=lambda line: (str(line["dataset"]), -(line["accuracy"] or 0)))


def _say_runs(lines: Sequence[dict[str, Any]]) -> str:
    if not lines:
        return ""
    numbers = ("Questions", "Correct, %", "One place, %", "By options, %", "No answer")
    apart = ("Differs in",) if any(line["differs"] for line in lines) else ()
    heads = ("Run", "Set", *apart, *numbers)
    rows = [
        (
            escape_markdown(f"{line['run']} · {line['name']}"),
            escape_markdown(str(line["dataset"])),
            *(escape_markdown(line["differs"] or "–") for _ in apart),
            f"{line['questions']:,}",
            _percent(line["accuracy"], line["interval"]),
            _percent(line["same_place"], None),
            _percent(line["option_accuracy"], None),
            with_reasons(str(line["no_answer"]), line["no_answer_reasons"]),
        )
        for line in lines
    ]
    rule = (*[":--"] * len((*apart, "Run", "Set")), *["--:"] * len(numbers))
    table = "".join(f"| {' | '.join(row)} |\n" for row in [heads, rule, *rows])
    warnings = "".join(
        f"- Run {line['run']} · {escape_markdown(line['name'])} {line['warning']}.\n"
        for line in lines
        if line["warning"]
    )
    return (
        "**My runs.** Of the answers as written (of a student that was not shown the options, of "
        "the option it finds likeliest); 95 % intervals (Wilson). One place: what always answering "
        "the best place would give on the same questions."
        + (f" {UNLIKE}" if apart else "")
        + f"\n\n{table}\n"
        + (f"{warnings}\n" if warnings else "")
    )


def _percent(share: float | None, ends: list[float] | None) -> str:
    if share is None:
        return "–"
    bounds = f" \\[{ends[0] * 100:.1f}, {ends[1] * 100:.1f}\\]" if ends else ""
    return f"{percent(share, 1)}{bounds}"


def _write(tables: Sequence[ResultTable], written: Format) -> str:
    if written is Format.CSV:
        return to_csv_file(tables)
    return "\n".join(WRITERS[written](table) for table in tables)


def describe(table: ResultTable) -> dict[str, Any]:
    """Return a table as the JSON that scripts read. Accuracies are fractions."""
    return {
        "key": table.key,
        "title": table.title,
        "caption": say_caption(table),
        "settings": dict(table.settings),
        "own_settings": dict(table.own_settings),
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
    published = {
        "paper": cell.published,
        "paper_interval": _ends(cell.published_interval),
        "paper_below_chance": cell.is_below_chance,
    }
    figure = cell.measured
    if figure is None:
        return published | {"ours": None}
    return published | {
        "ours": figure.accuracy,
        "interval": _ends(figure.interval),
        "interval_over": figure.over,
        "seeds": len(figure.run_ids),
        "runs": figure.run_ids,
        "questions": figure.questions,
        "option_accuracy": figure.option_accuracy,
        "no_answer_share": figure.no_answer_share,
        "same_place": figure.same_place,
        "training_questions": figure.examples,
        "differs": figure.differs,
        "option_accuracy_per_byte": figure.per_byte,
        "letter_accuracy": figure.letter,
        "training_sample": figure.trained,
        "training_sample_same_place": figure.trained_place,
        "below_chance": figure.is_below_chance,
        "no_answer_reasons": dict(figure.reasons),
        "warning": figure.warning,
        "left_out": figure.left_out,
        "option_scores": {
            name: {
                "accuracy": scored.accuracy,
                "interval": _ends(scored.interval),
                "seeds": scored.seeds,
                "questions": scored.questions,
            }
            for name, scored in figure.option_cells.items()
        },
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None
