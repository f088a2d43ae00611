"""A table's figures and what is said of them, in words: the same in every file and on screens."""

from __future__ import annotations

from collections.abc import Mapping

from scicot.pure.evaluation.tables import Measured, ResultTable, TableCell
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
        parts.append(f"by options {percent(figure.option_accuracy)}{_further_scores(figure)}")
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


def _further_scores(figure: Measured) -> str:
    parts = {"per byte": figure.per_byte, "letter": figure.letter}
    said = [f"{name} {percent(share)}" for name, share in parts.items() if share is not None]
    return f" ({', '.join(said)})" if said else ""


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
    settings = ", ".join(f"{name} {value}" for name, value in table.settings.items())
    lines = [
        f"{table.split.capitalize()} accuracy in percent; the paper's is of the test split.{ours} "
        "In brackets 95 % intervals: ours over questions and seeds, the paper's over its test "
        "questions (Wilson); in parentheses seeds × questions, the share without an answer, and "
        "what always the same place would give on the same questions, both in percent."
    ]
    if settings:
        lines.append(f"All runs alike, unless marked: {settings}.")
    own = "; ".join(f"{method}: {said}" for method, said in table.own_settings.items())
    if own:
        lines.append(f"Of one method alone, alike in all its cells unless marked: {own}.")
    lines += _below_chance(table)
    lines += [f"{mark} {differs} in the other cells." for differs, mark in table.marks.items()]
    lines += [f"{sentence}." for sentence in (*_unread(table), *_warnings(table))]
    return [*lines, *table.notes]


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


OPTIONS_TITLE = "By options / per byte / letter, in percent"


def option_lines(table: ResultTable) -> list[list[str]]:
    """Return a line of option scores for each row that has any, a cell a column."""
    lines = [[row.label, *map(_options_of, row.cells)] for row in table.rows]
    return [line for line in lines if any(line[1:])]


def _options_of(cell: TableCell) -> str:
    """Return a figure's three option scores; empty where its options were not scored."""
    figure = cell.measured
    if figure is None or figure.option_accuracy is None:
        return ""
    scores = (figure.option_accuracy, figure.per_byte, figure.letter)
    return " / ".join(percent(score) or "–" for score in scores)
