"""`compare A B`: two runs on the same questions, or two methods over all their seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from scicot.cli.output import AsJson, emit, run_number
from scicot.pure.evaluation.comparison import Cell, say_p
from scicot.pure.evaluation.settings import caption_settings, table_settings
from scicot.pure.methods.registry import title_of
from scicot.pure.predictions.metrics import Score
from scicot.pure.predictions.places import Standing
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.cell_comparison import (
    AdjustedCells,
    CellComparison,
    compare_all_methods,
    compare_seeds,
)
from scicot.services.evaluation.cells import SeedCell
from scicot.services.evaluation.comparison import RunComparison, compare_all, compare_runs
from scicot.services.questions.lookup import get_questions
from scicot.services.workspace import open_workspace
from scicot.words.configs import PAPER_STUDENT
from scicot.words.records import Split

READ = {
    Reading.GENERATED: "Counted are the answers that were given.",
    Reading.OPTIONS: "Counted are the options that each finds most likely.",
}


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("compare")(compare_command)


def compare_command(
    runs: Annotated[
        list[int] | None,
        typer.Argument(
            metavar="A B", parser=run_number, help="The numbers or names of run A and run B."
        ),
    ] = None,
    methods: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Instead of two runs: two methods with all their seeds.", metavar="A B"),
    ] = None,
    also_methods: Annotated[
        list[str] | None,
        typer.Option(
            "--also-method",
            help="With --methods: more; every pair is then compared, adjusted by Holm. Repeatable.",
            metavar="NAME",
        ),
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="With --methods.")] = None,
    student: Annotated[str | None, typer.Option(help=f"With --methods. [{PAPER_STUDENT}]")] = None,
    split: Annotated[
        Split | None, typer.Option(help="With --methods. [validation, else test]")
    ] = None,
    reading: Annotated[
        Reading, typer.Option(help="Count the generated answers, or the most likely options.")
    ] = Reading.GENERATED,
    also: Annotated[
        list[int] | None,
        typer.Option(
            parser=run_number,
            help="More runs; every pair is then compared, adjusted by Holm. Repeatable.",
        ),
    ] = None,
    all_seeds: Annotated[
        bool,
        typer.Option(
            "--all-seeds", help="Two runs, each with all that differ from it in the seed alone."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two runs (2x2, McNemar, interval, questions), or two methods over all seeds."""
    if methods is not None:
        if runs or dataset is None:
            raise typer.BadParameter("--methods takes --dataset NAME, and no runs.")
        named = [*methods, *(also_methods or ())]
        _compare_methods(named, dataset, student or PAPER_STUDENT, split, reading, as_json)
        return
    if runs is None or len(runs) != 2:
        raise typer.BadParameter("name two runs, or two methods with --methods A B.")
    if all_seeds:
        with open_workspace() as session:
            compared = compare_seeds(session, runs[0], runs[1], reading=reading)
        _emit_cells(compared, reading, as_json)
        return
    _compare_runs((runs[0], runs[1]), reading, also or (), as_json)


def _compare_runs(
    runs: tuple[int, int], reading: Reading, also: Sequence[int], as_json: bool
) -> None:
    with open_workspace() as session:
        compared = compare_runs(session, *runs, reading=reading)
        pairs = compare_all(session, [*runs, *also], reading=reading) if also else []
        only_a, only_b = compared.cells[Cell.ONLY_A], compared.cells[Cell.ONLY_B]
        questions = get_questions(session, [*only_a, *only_b])
    names = {key: question.external_id for key, question in questions.items()}
    fields = describe(compared, reading)
    fields["only_a_ids"] = [names[key] for key in only_a]
    fields["only_b_ids"] = [names[key] for key in only_b]
    shown = lines(compared, reading, fields["only_a_ids"], fields["only_b_ids"])
    if also:
        fields["pairs"] = [
            describe(pair.comparison, reading) | {"holm_p": pair.adjusted_p} for pair in pairs
        ]
        shown += [f"Holm p {say_p(pair.adjusted_p)}: {pair.comparison.sentence}" for pair in pairs]
    emit(fields, as_json, "\n".join(shown))


def _compare_methods(
    methods: Sequence[str],
    dataset: str,
    student: str,
    split: Split | None,
    reading: Reading,
    as_json: bool,
) -> None:
    with open_workspace() as session:
        pairs = compare_all_methods(
            session, methods, dataset=dataset, student=student, split=split, reading=reading
        )
    _emit_cells(pairs[0].compared, reading, as_json, pairs if len(pairs) > 1 else ())


def _emit_cells(
    compared: CellComparison,
    reading: Reading,
    as_json: bool,
    pairs: Sequence[AdjustedCells] = (),
) -> None:
    fields = describe_cells(compared, reading)
    if pairs:
        fields["pairs"] = [
            describe_cells(pair.compared, reading)
            | {"holm_p": pair.adjusted_p, "stands_after_holm": pair.stands}
            for pair in pairs
        ]
        said = [line for pair in pairs for line in (pair.sentence, *pair.compared.warnings)]
        cells = {
            cell.ids: cell
            for pair in pairs
            for cell in (pair.compared.cell_a, pair.compared.cell_b)
        }
        said += [_say_cells(list(cells.values())), READ[reading]]
        emit(fields, as_json, "\n".join(said))
        return
    both = (
        (_with_own(compared.name_a, compared.own_a, compared), compared.standing_a),
        (_with_own(compared.name_b, compared.own_b, compared), compared.standing_b),
    )
    emit(
        fields,
        as_json,
        "\n".join(
            [
                compared.sentence,
                _say_places(both),
                *compared.warnings,
                _say_cells([compared.cell_a, compared.cell_b]),
                READ[reading],
            ]
        ),
    )


def _with_own(name: str, own: int, compared: CellComparison) -> str:
    """Return a cell's name, and how many questions its runs answered where not these alone."""
    return name if own == compared.found.questions else f"{name}, on its own {own:,} questions"


def _say_cells(cells: Sequence[SeedCell]) -> str:
    """Return which runs went in, and what they have in common."""
    runs = "; ".join(
        f"{title_of(cell.first.method)} {', '.join(map(str, cell.ids))}" for cell in cells
    )
    shared = [caption_settings(table_settings(cell.first.carried_out)) for cell in cells]
    alike = ", ".join(
        f"{name} {value}"
        for name, value in shared[0].items()
        if all(of.get(name) == value for of in shared)
    )
    return f"Runs on the {cells[0].first.split} split: {runs}. Alike in: {alike}."


def describe_cells(compared: CellComparison, reading: Reading) -> dict[str, Any]:
    """Return two cells compared as the JSON that scripts read. Accuracies are fractions; A - B."""
    comparison, first = compared.found, compared.cell_a.first
    return {
        "methods": [cell.first.method for cell in (compared.cell_a, compared.cell_b)],
        "dataset": first.dataset,
        "student": first.training.student,
        "split": first.split,
        "reading": reading,
        "runs_a": compared.cell_a.ids,
        "runs_b": compared.cell_b.ids,
        "seeds_a": comparison.seeds_a,
        "seeds_b": comparison.seeds_b,
        "matched": comparison.questions,
        "questions_a": compared.own_a,
        "questions_b": compared.own_b,
        "accuracy_a": comparison.accuracy_a,
        "accuracy_b": comparison.accuracy_b,
        "difference": comparison.difference,
        "interval": [comparison.interval.low, comparison.interval.high],
        "p": comparison.p,
        "questions_needed": comparison.needed,
        "no_worse_by_2_points": comparison.is_no_worse(),
        "differences": compared.differences,
        "same_place_a": compared.standing_a.same_place,
        "same_place_b": compared.standing_b.same_place,
        "warnings": list(compared.warnings),
        "sentence": compared.sentence,
    }


def _say_score(score: Score) -> str:
    """Return an accuracy with its interval, and how many answers could not be read."""
    bounds = f" {score.interval.in_brackets('.1f')}" if score.interval else ""
    return f"{say_share(score.accuracy)}{bounds} (no answer {score.no_answer:,})"


def _say_places(both: Sequence[tuple[str, Standing]]) -> str:
    """Return what always the best place would give on each one's questions."""
    said = [
        f"{say_share(standing.same_place)} ({name})"
        for name, standing in both
        if standing.same_place is not None
    ]
    return f"One place always would give {', '.join(said)}." if said else ""


def describe(compared: RunComparison, reading: Reading) -> dict[str, Any]:
    """Return a comparison as the JSON that scripts read. Accuracies are fractions; A - B.

    All of it is over the `matched` questions but `questions_a` and `questions_b`, a run's own.
    """
    comparison = compared.found
    return {
        "run_a": compared.run_a.id,
        "run_b": compared.run_b.id,
        "reading": reading,
        "questions_a": compared.score_a.n,
        "questions_b": compared.score_b.n,
        "matched": comparison.matched,
        "both": comparison.both,
        "only_a": comparison.only_a,
        "only_b": comparison.only_b,
        "neither": comparison.neither,
        "accuracy_a": comparison.accuracy_a,
        "accuracy_b": comparison.accuracy_b,
        "interval_a": _ends(compared.matched_a.interval),
        "interval_b": _ends(compared.matched_b.interval),
        "difference": comparison.difference,
        "interval": _ends(comparison.interval),
        "mcnemar_mid_p": comparison.mid_p,
        "questions_needed": comparison.needed,
        "differences": compared.differences,
        "no_answer_a": compared.matched_a.no_answer,
        "no_answer_b": compared.matched_b.no_answer,
        "same_place_a": compared.standing_a.same_place,
        "same_place_b": compared.standing_b.same_place,
        "warnings": compared.warnings,
        "sentence": compared.sentence,
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None


def lines(
    compared: RunComparison, reading: Reading, only_a: Sequence[str], only_b: Sequence[str]
) -> list[str]:
    """Return a comparison as lines for a person."""
    comparison = compared.found
    a, b = compared.name_a, compared.name_b
    return [
        compared.sentence,
        f"Matched {comparison.matched:,} of {compared.score_a.n:,} (A) and "
        f"{compared.score_b.n:,} (B): {a} {_say_score(compared.matched_a)}, "
        f"{b} {_say_score(compared.matched_b)}.",
        READ[reading],
        f"Both right {comparison.both}, only {a} {comparison.only_a}, "
        f"only {b} {comparison.only_b}, neither {comparison.neither}; "
        f"McNemar mid-p {say_p(comparison.mid_p)}.",
        _say_places([(a, compared.standing_a), (b, compared.standing_b)]),
        *compared.warnings,
        f"Only {a}: {' '.join(only_a) or '-'}",
        f"Only {b}: {' '.join(only_b) or '-'}",
    ]
