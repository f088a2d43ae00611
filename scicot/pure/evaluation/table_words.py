"""A table's figures and what is said of them, in words: the same in every file and on screens."""

from __future__ import annotations

from collections.abc import Mapping

from scicot.pure.evaluation.tables import OPTION_SCORES, Measured, ResultTable, TableCell
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval
from scicot.words.records import NoAnswer

BELOW_CHANCE = "▽"
REASON_WORDS: Mapping[str, str] = {
    NoAnswer.TWO_LABELS: "two labels",
    NoAnswer.LABEL_AGAINST_TEXT: "label against text",
    NoAnswer.NONE: "never answered",
    NoAnswer.CUT_OFF: "cut off",
}


def percent(value: float | None, digits: int = 2) -> str:
    """Return a fraction in percent without the sign; empty for none."""
    return "" if value is None else f"{value * 100:.{digits}f}"


def describe_published(cell: TableCell) -> str:
    """Return the paper's figure in percent with Wilson's interval, marked where below chance."""
    if cell.published is None:
        return ""
    mark = BELOW_CHANCE if cell.is_below_chance else ""
    return f"{percent(cell.published)}{mark}{_bounds(cell.published_interval)}"


def describe_measured(cell: TableCell, marks: Mapping[str, str] | None = None) -> str:
    """Return our figure in percent with its interval, empty when it was not measured.

    `marks` are the table's: the sign of what sets this cell apart stands behind the figure, after
    that of one below chance.
    """
    figure = cell.measured
    if figure is None:
        return ""
    mark = (BELOW_CHANCE if figure.is_below_chance else "") + (marks or {}).get(figure.differs, "")
    return f"{percent(figure.accuracy)}{mark}{_bounds(figure.interval)}"


def _bounds(interval: Interval | None) -> str:
    return f" {interval.in_brackets('.1f')}" if interval else ""


def describe_basis(cell: TableCell) -> str:
    """Return what our figure rests on: seeds, questions, options, unread answers, constant place.

    What sets the cell apart from the others comes last, and what is wrong with its answers.
    """
    figure = cell.measured
    if figure is None:
        return ""
    if not figure.run_ids:
        return f"n = {figure.questions:,}; no student"
    count = len(figure.run_ids)
    parts = [f"{f'{count} seeds' if count > 1 else '1 run'}, n = {figure.questions:,}"]
    if figure.option_accuracy is not None:
        parts.append(_say_option_scores(figure))
    unread = f"no answer {say_share(figure.no_answer_share)}"
    parts.append(with_reasons(unread, figure.reasons))
    if figure.same_place is not None:
        parts.append(f"one place always {percent(figure.same_place, 1)}")
    if figure.trained is not None:
        of_sample = f"on a sample of its training questions {percent(figure.trained, 1)}"
        place = figure.trained_place
        there = f" (one place always {percent(place, 1)})" if place is not None else ""
        parts.append(of_sample + there)
    if figure.left_out:
        parts.append(f"{figure.left_out} with other settings left out")
    if figure.warning:
        parts.append(figure.warning)
    if figure.differs:
        parts.append(f"differs: {figure.differs}")
    return "; ".join(parts)


def _say_option_scores(figure: Measured) -> str:
    """Return the option scores, each with its interval, and what they are over if not all."""
    said = {
        name: f"{title} {percent(getattr(figure, name))}{_bounds(_interval_of(figure, name))}"
        for name, title in OPTION_SCORES.items()
        if getattr(figure, name) is not None
    }
    first, *others = said.values()
    over = figure.option_cells.get("option_accuracy")
    if over and (over.seeds, over.questions) != (len(figure.run_ids), figure.questions):
        others.append(f"{over.seeds} × {over.questions:,}")
    return f"{first} ({', '.join(others)})" if others else first


def _interval_of(figure: Measured, name: str) -> Interval | None:
    cell = figure.option_cells.get(name)
    return cell.interval if cell else None


def say_reasons(reasons: Mapping[str, int]) -> str:
    """Return why answers could not be read: "21 label against text, 12 cut off"."""
    return ", ".join(
        f"{count:,} {REASON_WORDS.get(reason, reason)}" for reason, count in reasons.items()
    )


def with_reasons(said: str, reasons: Mapping[str, int]) -> str:
    """Return what is said of unread answers, with the reasons in parentheses if there are any."""
    return f"{said} ({say_reasons(reasons)})" if reasons else said


def write_cell(cell: TableCell, marks: Mapping[str, str]) -> str:
    """Return our figure for a file: interval, then (seeds x questions; unread; one place)."""
    figure = cell.measured
    if figure is None:
        return ""
    said = describe_measured(cell, marks)
    if not figure.run_ids:
        return f"{said} (n = {figure.questions})"
    basis = [
        f"{len(figure.run_ids)} × {figure.questions}",
        percent(figure.no_answer_share, 1),
        *([percent(figure.same_place, 1)] if figure.same_place is not None else []),
    ]
    return f"{said} ({'; '.join(basis)})"


def say_caption(table: ResultTable) -> list[str]:
    """Return what stands with a table: what its figures are, their settings, and every mark."""
    ours = f" Ours: {table.student}." if table.student else ""
    settings, own = say_settings_alike(table)
    lines = [
        f"{table.split.capitalize()} accuracy in percent; the paper's is of the test split.{ours} "
        "In brackets 95 % intervals: ours over questions and seeds, the paper's over its test "
        "questions (Wilson); in parentheses seeds × questions, the share without an answer, and "
        "what always the same place would give on the same questions, both in percent."
    ]
    if settings:
        lines.append(f"All runs alike, unless marked: {settings}.")
    if own:
        lines.append(f"Of one method alone, alike in all its cells unless marked: {own}.")
    lines += _below_chance(table)
    lines += [f"{mark} {differs} in the other cells." for differs, mark in table.marks.items()]
    lines += [f"{sentence}." for sentence in (*_unread(table), *_warnings(table))]
    return [*lines, *table.notes]


def say_settings_alike(table: ResultTable) -> tuple[str, str]:
    """Return the settings that all runs of a table have alike, and those of one method alone."""
    settings = ", ".join(f"{name} {value}" for name, value in table.settings.items())
    own = "; ".join(f"{method}: {said}" for method, said in table.own_settings.items())
    return settings, own


def _below_chance(table: ResultTable) -> list[str]:
    """Return what the mark of a figure below chance means here; nothing where none bears it."""
    cells = [cell for row in table.rows for cell in row.cells]
    said = ["25 % (paper)"] if any(cell.is_below_chance for cell in cells) else []
    if any(cell.measured and cell.measured.is_below_chance for cell in cells):
        named = dict.fromkeys(
            f"{percent(chance, 1)} %{'' if table.is_of_shares else f' ({column})'}"
            for column, chance in table.chance.items()
        )
        said.append(f"for ours {', '.join(named)}")
    return [f"{BELOW_CHANCE} below chance: {', '.join(said)}."] if said else []


def _unread(table: ResultTable) -> list[str]:
    """Return a sentence with why answers could not be read, cell by cell; none for none."""
    cells = [
        f"{row.label} ({column}) {say_reasons(cell.measured.reasons)}"
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell.measured and cell.measured.reasons
    ]
    return [f"Without an answer: {'; '.join(cells)}"] if cells else []


def _warnings(table: ResultTable) -> list[str]:
    """Return a sentence for each cell whose student answers one place nearly always."""
    return [
        f"{row.label} ({column}) {cell.measured.warning}"
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell.measured and cell.measured.warning
    ]


OPTIONS_TITLE = "By option scores, in percent"
OPTIONS_NOTE = (
    "The marks of the runs' settings and the 95 % intervals are as above (questions and seeds; "
    "Wilson's where one run is all there is; of several seeds by options alone); in parentheses "
    "seeds × questions"
)


def option_heads(table: ResultTable) -> list[str]:
    """Return the heads of the option scores' columns: row, score, then the table's own."""
    return [table.label_title, "Score", *table.columns]


def option_lines(table: ResultTable) -> list[list[str]]:
    """Return a line for each row and option score that has any, a cell a column."""
    lines = [
        [row.label, title, *(_option_of(cell, name, table.marks) for cell in row.cells)]
        for row in table.rows
        for name, title in OPTION_SCORES.items()
    ]
    return [line for line in lines if any(line[2:])]


def _option_of(cell: TableCell, name: str, marks: Mapping[str, str]) -> str:
    """Return one option score, marked as its figure is; empty where it was not measured."""
    figure = cell.measured
    scored = figure and figure.option_cells.get(name)
    if not figure or not scored:
        return ""
    mark = marks.get(figure.differs, "")
    said = f"{percent(scored.accuracy)}{mark}{_bounds(scored.interval)}"
    return f"{said} ({scored.seeds} × {scored.questions})"
