"""Tables I-IV of the paper, filled with what was published and what was measured here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scicot.pure.evaluation.tables import Measured, ResultTable, Row, TableCell
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import list_in_table, list_trained
from scicot.words.configs import FRACTIONS

Key = tuple[str, str, float]  # method, dataset, fraction of the training questions


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """One row of the paper's Table I; accuracies are fractions by our datasets' names."""

    name: str
    size: str
    method: str | None
    accuracies: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PaperNumbers:
    """The published test accuracies as fractions, and where they stand.

    `titles` gives the paper's name of a dataset of ours, `examples` how many training questions
    the paper counts for a fraction.
    """

    source: str
    models: Sequence[PublishedModel]
    accuracies: Mapping[Key, float]
    examples: Mapping[tuple[str, float], int]
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OtherModel:
    """A row of Table I that no method of ours trains: a few-shot LLM or an imported run."""

    name: str
    size: str
    measured: Mapping[str, Measured]


def build_tables(
    paper: PaperNumbers,
    measured: Mapping[Key, Measured],
    others: Sequence[OtherModel],
    datasets: Sequence[str],
    student: str | None = None,
) -> list[ResultTable]:
    """Return Tables I-IV, with a column or table more for each further dataset.

    `student` is the one whose runs were measured.
    """
    tables = [
        _results_table(paper, measured, others, datasets),
        _methods_table(paper, measured, datasets),
    ]
    for place, dataset in enumerate(datasets):
        number = ("III", "IV")[place] if place < 2 else ""
        tables.append(_sizes_table(paper, measured, dataset, number))
    return [replace(table, student=_caption(student, table)) for table in tables]


def _caption(student: str | None, table: ResultTable) -> str | None:
    """Return what a table says of our runs: the student, and how few questions it trained on."""
    shown = [cell.measured for row in table.rows for cell in row.cells if cell.measured]
    limits = sorted({one.limit_train for one in shown if one.limit_train is not None})
    few = f", on at most {' or '.join(map(str, limits))} training questions" if limits else ""
    return student and student + few


def _fill(
    paper: PaperNumbers, measured: Mapping[Key, Measured], method: str, dataset: str, share: float
) -> TableCell:
    key = (method, dataset, share)
    launch = {"method": method, "dataset": dataset, "fraction": str(share)}
    return TableCell(paper.accuracies.get(key), measured.get(key), launch)


def _titles(paper: PaperNumbers, datasets: Iterable[str]) -> tuple[str, ...]:
    return tuple(paper.titles.get(dataset, dataset) for dataset in datasets)


def _results_table(
    paper: PaperNumbers,
    measured: Mapping[Key, Measured],
    others: Sequence[OtherModel],
    datasets: Sequence[str],
) -> ResultTable:
    rows = []
    for model in paper.models:
        cells = tuple(
            _fill(paper, measured, model.method, dataset, 1.0)
            if model.method
            else TableCell(model.accuracies.get(dataset))
            for dataset in datasets
        )
        rows.append(Row(model.name, cells, model.size))
    rows += [
        Row(
            other.name,
            tuple(TableCell(None, other.measured.get(one)) for one in datasets),
            other.size,
        )
        for other in others
    ]
    return ResultTable(
        key="table_1",
        title="Table I. Results of Sci-CoT",
        label_title="Model",
        columns=_titles(paper, datasets),
        rows=tuple(rows),
        note_title="Size",
        datasets=tuple(datasets),
    )


def _methods_table(
    paper: PaperNumbers, measured: Mapping[Key, Measured], datasets: Sequence[str]
) -> ResultTable:
    methods = _with_measured("methods", {method for method, _, _ in measured})
    rows = tuple(
        Row(
            method.title,
            tuple(_fill(paper, measured, method.name, dataset, 1.0) for dataset in datasets),
        )
        for method in methods
    )
    return ResultTable(
        key="table_2",
        title="Table II. Ablation study on one-stage method",
        label_title="Method",
        columns=_titles(paper, datasets),
        rows=rows,
        datasets=tuple(datasets),
    )


def _with_measured(table: str, measured: Collection[str]) -> list[Method]:
    """Return the methods that the paper's table has, then the others that were measured."""
    shown = list_in_table(table)
    return shown + [one for one in list_trained() if one not in shown and one.name in measured]


def _sizes_table(
    paper: PaperNumbers, measured: Mapping[Key, Measured], dataset: str, number: str
) -> ResultTable:
    # a run on at most so many questions trained on no share of the set
    measured = {key: one for key, one in measured.items() if one.limit_train is None}
    smaller = {method for method, name, share in measured if name == dataset and share < 1}
    methods = _with_measured("sizes", smaller)
    further = {share for _, name, share in measured if name == dataset}
    rows = []
    for share in sorted({*FRACTIONS, *further}):
        examples = paper.examples.get((dataset, share))
        cells = tuple(_fill(paper, measured, method.name, dataset, share) for method in methods)
        rows.append(Row(f"{share * 100:g} %", cells, f"{examples:,}" if examples else ""))
    title = paper.titles.get(dataset, dataset)
    heading = f"Table {number}. " if number else ""
    return ResultTable(
        key=f"sizes_{dataset}",
        title=f"{heading}Ablation study on training data size ({title})",
        label_title=f"Share of {title} used to train",
        columns=tuple(method.title for method in methods),
        rows=tuple(rows),
        note_title="Examples" if any(row.note for row in rows) else "",
        datasets=(dataset,),
    )
