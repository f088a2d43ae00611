"""What stands over and under the paper's tables: their runs' settings, marks and notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from scicot.pure.evaluation.paper_figures import PaperNumbers, Shown, titles_of
from scicot.pure.evaluation.tables import ResultTable, TableCell
from scicot.pure.methods.registry import CLAIM, title_of
from scicot.words.configs import STARTER_STUDENT

ABOUT_STAGE2 = ("stage2_rationales", "folds")  # what the rows of the table of stage 2 are
OPTION_NOTE = (
    "By options: the option whose answer text the student finds most likely, by the sum of its "
    "tokens' log-probabilities; per byte: that sum divided by the UTF-8 bytes of the option's "
    "text; letter: the first token in which the options differ, alone. Cloze form: the options "
    "are not shown, and each one's text is scored after 'Answer:'; the sum is acc and, for "
    "options in ASCII, the one per byte acc_norm of lm-evaluation-harness. The figure itself is of "
    "the answers as written; of a student that was not shown the options, and so can name none, of "
    "the option with that sum the highest."
)
FEW_SHOT_NOTE = "The paper's few-shot rows are base models whose options were ranked"
FEW_SHOT = "few-shot"  # in the name of a row of a large model that was given examples
CHAT_NOTE = "those measured here are chat models, and their answers are what they wrote"
FLAN_NOTE = (
    "Flan-T5's instruction mix contains ARC's training questions: a student of that family, as the "
    "paper's are, has seen them before any other training."
)
STARTER_NOTE = (
    "The starter student is SmolLM2-135M-Instruct, its 4-bit weights made fp32: instruction-tuned "
    "before any training here, and neither of the paper's size nor of its family."
)


def captioned(paper: PaperNumbers, shown: Shown, table: ResultTable) -> ResultTable:
    """Return the table with what has to be known of its figures."""
    return replace(
        _below_chance_marked(shown, table),
        student=_caption(shown.student, table),
        split=shown.split.value,
        settings={
            **shown.settings,
            **_say_limits(paper, shown, table),
            **_by_dataset("snapshot", shown.snapshots, paper, table),
        },
        own_settings=_say_own(paper, shown, table),
        notes=_notes(paper, shown, table),
    )


def _say_own(paper: PaperNumbers, shown: Shown, table: ResultTable) -> dict[str, str]:
    """Return what the runs of each method in a table have alike beside what all have, by title."""
    if table.key == "stage_2":  # its rows are the settings
        of_rows = {name.replace("_", " ") for name in ABOUT_STAGE2}
        named = {CLAIM[0]: shown.own.get(CLAIM[0], {})}
    else:
        of_rows = set()
        measured = {
            method
            for method, dataset, share in shown.measured
            if dataset in table.datasets and (table.is_of_shares or share == 1.0)
        }
        named = {method: of for method, of in shown.own.items() if method in measured}
    told = {
        method: {**of, **_say_lessons(paper, shown, table, method)} for method, of in named.items()
    }
    said = {
        method: ", ".join(f"{name} {value}" for name, value in of.items() if name not in of_rows)
        for method, of in told.items()
    }
    return {title_of(method): settings for method, settings in sorted(said.items()) if settings}


def _say_lessons(
    paper: PaperNumbers, shown: Shown, table: ResultTable, method: str
) -> dict[str, str]:
    """Return whose lessons a method's runs learned from, by the setting that says so."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for (of, dataset), told in shown.lessons.items():
        for name, value in told.items() if of == method else ():
            found[name][dataset] = value
    return {
        setting: said
        for name, by_dataset in found.items()
        for setting, said in _by_dataset(name, by_dataset, paper, table).items()
    }


def _say_limits(paper: PaperNumbers, shown: Shown, table: ResultTable) -> dict[str, str]:
    """Return the limit of rationales that the table's runs found, where their settings say none."""
    name = "max rationale tokens"
    if name in shown.settings:
        return {}
    found = {
        dataset: " or ".join(map(str, limits)) for dataset, limits in shown.rationale_tokens.items()
    }
    return _by_dataset(name, found, paper, table)


def _by_dataset(
    name: str, found: Mapping[str, str], paper: PaperNumbers, table: ResultTable
) -> dict[str, str]:
    """Return what is a table's by dataset, said once where all that have it have it alike."""
    values = {dataset: found[dataset] for dataset in table.datasets if dataset in found}
    if len({*values.values()}) < 2:
        return dict.fromkeys([name] if values else [], next(iter(values.values()), ""))
    of_each = zip(titles_of(paper, values), values.values(), strict=True)
    return {name: " and ".join(f"{value} ({title})" for title, value in of_each)}


def _below_chance_marked(shown: Shown, table: ResultTable) -> ResultTable:
    """Return the table with our figures marked that chance beats on the same questions."""
    of_columns = table.datasets * len(table.columns) if table.is_of_shares else table.datasets
    chances = [
        shown.baselines[dataset].chance if dataset in shown.baselines else None
        for dataset in of_columns[: len(table.columns)]
    ]

    def marked(cell: TableCell, chance: float | None) -> TableCell:
        figure = cell.measured
        if figure is None or chance is None or figure.accuracy >= chance:
            return cell
        return replace(cell, measured=replace(figure, is_below_chance=True))

    return replace(
        table,
        rows=tuple(
            replace(row, cells=tuple(map(marked, row.cells, chances))) for row in table.rows
        ),
        chance={
            column: chance
            for column, chance in zip(table.columns, chances, strict=True)
            if chance is not None
        },
    )


def _notes(paper: PaperNumbers, shown: Shown, table: ResultTable) -> tuple[str, ...]:
    """Return what has to be known before figures are compared: of ours, and of the paper's."""
    published = [row for row in table.rows if any(cell.published for cell in row.cells)]
    of_student = notes_on(shown.student) if shown.student else []
    flan = [FLAN_NOTE] if published and FLAN_NOTE not in of_student else []
    asked = {model.name for model in paper.models if FEW_SHOT in model.name}
    few_shot = []
    if any(row.label in asked for row in published):
        ours = any(FEW_SHOT in other.name for other in shown.others)
        few_shot = [f"{FEW_SHOT_NOTE}{f'; {CHAT_NOTE}' if ours else ''}."]
    return (OPTION_NOTE, *of_student, *flan, *few_shot)


def notes_on(student: str) -> list[str]:
    """Return what has to be known of a student before its figures are compared with others'."""
    if student.lower() == STARTER_STUDENT:
        return [STARTER_NOTE]
    return [FLAN_NOTE] if "flan" in student.lower() else []


def _caption(student: str | None, table: ResultTable) -> str | None:
    """Return what a table says of our runs: the student, and how few questions it trained on."""
    shown = [cell.measured for row in table.rows for cell in row.cells if cell.measured]
    limits = sorted({figure.limit_train for figure in shown if figure.limit_train is not None})
    few = f", on at most {' or '.join(map(str, limits))} training questions" if limits else ""
    return student and student + few
