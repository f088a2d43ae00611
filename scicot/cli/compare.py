"""`compare A B`: two runs on the same questions, or two methods over all their seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from scicot.cli.compared import (
    READ,
    cell_lines,
    describe,
    describe_cells,
    lines,
    say_runs,
    say_unread,
)
from scicot.cli.output import AsJson, emit, run_number
from scicot.pure.evaluation.comparison import Cell, say_p
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.cell_comparison import (
    AdjustedCells,
    CellComparison,
    compare_all_methods,
    compare_seeds,
)
from scicot.services.evaluation.comparison import compare_all, compare_runs
from scicot.services.questions.lookup import get_questions
from scicot.services.workspace import open_workspace
from scicot.words.configs import PAPER_STUDENT
from scicot.words.records import Split


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
        said = [
            line
            for pair in pairs
            for line in (pair.sentence, say_unread(pair.compared), *pair.compared.warnings)
        ]
        cells = {
            cell.ids: cell
            for pair in pairs
            for cell in (pair.compared.cell_a, pair.compared.cell_b)
        }
        said += [say_runs(list(cells.values())), READ[reading]]
        emit(fields, as_json, "\n".join(said))
        return
    emit(fields, as_json, "\n".join(cell_lines(compared, reading)))
