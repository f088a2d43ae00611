"""Tables I-IV of the paper, filled with what was published and what was measured here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from scicot.pure.evaluation.baselines import Baselines
from scicot.pure.evaluation.paper_captions import captioned
from scicot.pure.evaluation.paper_figures import (
    Key,
    PaperNumbers,
    Shown,
    fill_cell,
    published_cell,
    titles_of,
)
from scicot.pure.evaluation.tables import Measured, ResultTable, Row, TableCell
from scicot.pure.methods import untrained
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import CLAIM, list_in_table, list_trained
from scicot.words.configs import FRACTIONS, STARTER_STUDENT

PAPER_STAGE2 = "in_sample"
STAGE2_TITLES = {
    "in_sample": "Written by stage 1, which was trained on them (paper)",
    "cross_fit": "Written by students that did not see the question",
    "teacher": "The teacher's own",
}
BASELINES = {
    "Chance": "chance",
    "Always the same place": "same_place",
    "Longest option": "longest_option",
}
# what the student as it is comes to, by how its answer is taken
UNTRAINED = {
    "generated": "Untrained student, what it writes",
    "options": "Untrained student, by options",
    "cloze": "Untrained student, cloze form (acc)",
    "cloze_per_byte": "Untrained student, cloze form per byte (acc_norm)",
}

SIZES = {"flan-t5-small": "80M", "flan-t5-base": "250M", STARTER_STUDENT: "135M"}


def build_tables(paper: PaperNumbers, shown: Shown, datasets: Sequence[str]) -> list[ResultTable]:
    """Return Tables I-IV, with a column or table more for each further dataset.

    Beside Table II stands what Sci-CoT's second stage is trained on, the method's main threat.
    """
    tables = [
        _results_table(paper, shown, datasets),
        _methods_table(paper, shown, datasets),
        _stage2_table(paper, shown, datasets),
    ]
    for place, dataset in enumerate(datasets):
        number = ("III", "IV")[place] if place < 2 else ""
        tables.append(_sizes_table(paper, shown.measured, dataset, number))
    return [captioned(paper, shown, table) for table in tables]


def _baseline_rows(shown: Shown, datasets: Sequence[str]) -> list[Row]:
    """Return the rows that no student was needed for; they say what has to be beaten."""
    if not shown.baselines:
        return []
    rows = []
    for label, name in BASELINES.items():
        cells = [
            TableCell(measured=_needing_no_student(shown.baselines.get(dataset), name))
            for dataset in datasets
        ]
        rows.append(Row(label, tuple(cells), "no student"))
    return rows


def _untrained_rows(shown: Shown, datasets: Sequence[str]) -> list[Row]:
    """Return what the student gives before a step of training, by each way of taking its answer."""
    rows = []
    for kind, label in UNTRAINED.items():
        form = {"answer_form": "text", "show_options": "False"} if "cloze" in kind else {}
        # in the tables' form nothing is written where the options are not shown
        is_offered = kind != "generated" or shown.settings.get("show options") != "no"
        cells = [
            TableCell(
                measured=shown.untrained.get((kind, dataset)),
                launch={
                    "method": untrained.METHOD.name,
                    "dataset": dataset,
                    "fraction": "1.0",
                    **form,
                }
                if is_offered
                else None,
            )
            for dataset in datasets
        ]
        rows.append(Row(label, tuple(cells), "0 steps"))
    return rows


def _needing_no_student(found: Baselines | None, name: str) -> Measured | None:
    if found is None:
        return None
    return Measured(
        accuracy=float(getattr(found, name)),
        interval=None,
        over="",
        run_ids=(),
        questions=found.questions,
        option_accuracy=None,
        no_answer_share=0.0,
    )


def _results_table(paper: PaperNumbers, shown: Shown, datasets: Sequence[str]) -> ResultTable:
    rows = _baseline_rows(shown, datasets) + _untrained_rows(shown, datasets)
    for model in paper.models:
        cells = tuple(
            fill_cell(paper, shown.measured, model.method, dataset, 1.0)
            if model.method
            else published_cell(paper, model.accuracies.get(dataset), dataset)
            for dataset in datasets
        )
        rows.append(Row(model.name, cells, _say_size(model.size, cells, shown.student)))
    rows += [
        Row(
            other.name,
            tuple(TableCell(measured=other.measured.get(dataset)) for dataset in datasets),
            other.size,
        )
        for other in shown.others
    ]
    return ResultTable(
        key="table_1",
        title="Table I. Results of Sci-CoT",
        label_title="Model",
        columns=titles_of(paper, datasets),
        rows=tuple(rows),
        note_title="Size",
        datasets=tuple(datasets),
    )


def _say_size(published: str, cells: Sequence[TableCell], student: str | None) -> str:
    """Return the size of the paper's model, and of ours where that is another one."""
    if student is None or not any(cell.measured for cell in cells):
        return published
    name = student.rsplit("/", 1)[-1]
    ours = SIZES.get(name, name)
    return published if ours == published else f"paper {published}, ours {ours}"


def _methods_table(paper: PaperNumbers, shown: Shown, datasets: Sequence[str]) -> ResultTable:
    methods = _with_measured("methods", {method for method, _, _ in shown.measured})
    unlearned = _baseline_rows(shown, datasets) + _untrained_rows(shown, datasets)
    rows = [replace(row, note="") for row in unlearned]
    rows += [
        Row(
            method.title,
            tuple(
                fill_cell(paper, shown.measured, method.name, dataset, 1.0) for dataset in datasets
            ),
        )
        for method in methods
    ]
    return ResultTable(
        key="table_2",
        title="Table II. Ablation study on one-stage method",
        label_title="Method",
        columns=titles_of(paper, datasets),
        rows=tuple(rows),
        datasets=tuple(datasets),
    )


def _stage2_table(paper: PaperNumbers, shown: Shown, datasets: Sequence[str]) -> ResultTable:
    """Return what stage 2's training rationales make of Sci-CoT, the paper's choice first."""
    rows = tuple(
        Row(
            title,
            tuple(
                TableCell(
                    measured=shown.stage2.get((setting, dataset)),
                    launch={
                        "method": CLAIM[0],
                        "dataset": dataset,
                        "fraction": "1.0",
                        "stage2_rationales": setting,
                    },
                )
                for dataset in datasets
            ),
            setting,
        )
        for setting, title in STAGE2_TITLES.items()
    )
    return ResultTable(
        key="stage_2",
        title="What Sci-CoT's second stage is trained on",
        label_title="Rationales of the training questions",
        columns=titles_of(paper, datasets),
        rows=rows,
        note_title="Setting",
        datasets=tuple(datasets),
    )


def _with_measured(table: str, measured: Collection[str]) -> list[Method]:
    """Return the methods that the paper's table has, then the others that were measured.

    One that trains nothing has rows of its own.
    """
    shown = list_in_table(table)
    return shown + [
        method
        for method in list_trained()
        if method not in shown
        and method.name in measured
        and method.usual
        and method.usual.needs_questions
    ]


def _sizes_table(
    paper: PaperNumbers, measured: Mapping[Key, Measured], dataset: str, number: str
) -> ResultTable:
    # a run on at most so many questions trained on no share of the set
    measured = {key: figure for key, figure in measured.items() if figure.limit_train is None}
    smaller = {method for method, name, share in measured if name == dataset and share < 1}
    methods = _with_measured("sizes", smaller)
    further = {share for _, name, share in measured if name == dataset}
    rows = []
    for share in sorted({*FRACTIONS, *further}):
        examples = paper.examples.get((dataset, share))
        cells = tuple(fill_cell(paper, measured, method.name, dataset, share) for method in methods)
        rows.append(Row(f"{share * 100:g} %", cells, _say_examples(cells, examples)))
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


def _say_examples(cells: Sequence[TableCell], published: int | None) -> str:
    """Return how many questions a row's runs trained on, ours beside the paper's."""
    ours = sorted({cell.measured.examples for cell in cells if cell.measured} - {None}, key=str)
    parts = [" or ".join(f"{count:,}" for count in ours if count is not None)] if ours else []
    if published and not ours:
        return f"{published:,}"
    if published:
        parts.append(f"paper {published:,}")
    return ", ".join(parts)
