"""A result table written as Markdown, LaTeX or CSV."""

from __future__ import annotations

import csv
import io

from scicot.pure.evaluation.tables import ResultTable, TableCell
from scicot.pure.markdown import escape_markdown

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "–": "--",
    "−": "$-$",
}
CSV_HEADS = [
    "table",
    "row",
    "note",
    "column",
    "paper",
    "ours",
    "low",
    "high",
    "interval_over",
    "runs",
    "questions",
    "option_accuracy",
    "no_answer_share",
]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def percent(value: float | None, digits: int = 2) -> str:
    """Return a fraction in percent without the sign; empty for none."""
    return "" if value is None else f"{value * 100:.{digits}f}"


def describe_measured(cell: TableCell) -> str:
    """Return our figure in percent with its interval, empty when it was not measured."""
    found = cell.measured
    if found is None:
        return ""
    if found.interval is None:
        return percent(found.accuracy)
    low, high = percent(found.interval.low, 1), percent(found.interval.high, 1)
    return f"{percent(found.accuracy)} [{low}, {high}]"


def describe_basis(cell: TableCell) -> str:
    """Return what our figure rests on: runs, questions, option accuracy, unread answers."""
    found = cell.measured
    if found is None:
        return ""
    runs = f"{len(found.run_ids)} seeds" if len(found.run_ids) > 1 else "1 run"
    parts = [f"{runs}, n = {found.questions:,}"]
    if found.option_accuracy is not None:
        parts.append(f"by options {percent(found.option_accuracy)}")
    parts.append(f"no answer {percent(found.no_answer_share, 1)} %")
    if found.left_out:
        parts.append(f"{found.left_out} with other settings left out")
    return "; ".join(parts)


def _heads(table: ResultTable) -> list[str]:
    notes = [table.note_title] if table.note_title else []
    pairs = [f"{column}, {which}" for column in table.columns for which in ("paper", "ours")]
    return [table.label_title, *notes, *pairs]


def _lines(table: ResultTable) -> list[list[str]]:
    lines = []
    for row in table.rows:
        notes = [row.note] if table.note_title else []
        pairs = [
            text
            for cell in row.cells
            for text in (percent(cell.published), describe_measured(cell))
        ]
        lines.append([row.label, *notes, *pairs])
    return lines


def to_markdown(table: ResultTable) -> str:
    """Return the table in Markdown; what was not run is a dash."""
    heads, lines = _heads(table), _lines(table)
    shown = [[escape_markdown(text) or "–" for text in line] for line in (heads, *lines)]
    first = 2 if table.note_title else 1
    rule = [":--"] * first + ["--:"] * (len(heads) - first)
    rows = [shown[0], rule, *shown[1:]]
    body = "\n".join("| " + " | ".join(line) + " |" for line in rows)
    ours = f" Ours: {escape_markdown(table.student)}." if table.student else ""
    return f"**{escape_markdown(table.title)}.** Test accuracy in percent.{ours}\n\n{body}\n"


def escape_latex(text: str) -> str:
    """Return the text with LaTeX's special characters written out."""
    return "".join(_LATEX.get(character, character) for character in text)


def to_latex(table: ResultTable) -> str:
    """Return the table for booktabs, paper and ours under each column's head."""
    left = 2 if table.note_title else 1
    spans = " & ".join(rf"\multicolumn{{2}}{{c}}{{{escape_latex(one)}}}" for one in table.columns)
    rules = " ".join(
        rf"\cmidrule(lr){{{left + 1 + 2 * place}-{left + 2 + 2 * place}}}"
        for place in range(len(table.columns))
    )
    heads = [table.label_title, *([table.note_title] if table.note_title else [])]
    second = [*map(escape_latex, heads), *(["paper", "ours"] * len(table.columns))]
    lines = [
        " & ".join(escape_latex(text) or "--" for text in line) + r" \\" for line in _lines(table)
    ]
    student = f" ({escape_latex(table.student)})" if table.student else ""
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escape_latex(table.title)}.",
            rf"Test accuracy in percent; ours{student} as mean [95\,\% interval].}}",
            rf"\label{{tab:{table.key.replace('_', '-')}}}",
            rf"\begin{{tabular}}{{{'l' * left}{'rr' * len(table.columns)}}}",
            r"\toprule",
            f"{'& ' * left}{spans} \\\\",
            rules,
            " & ".join(second) + r" \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def to_csv(table: ResultTable) -> str:
    """Return one line a figure, for a spreadsheet: cells that could be formulas are quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADS)
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            line = [table.title, row.label, row.note, column, *_numbers(cell)]
            writer.writerow([neutralise(text) for text in line])
    return out.getvalue()


def neutralise(text: str) -> str:
    """Return the text as a spreadsheet takes it for text, never for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _numbers(cell: TableCell) -> list[str]:
    found = cell.measured
    if found is None:
        return [percent(cell.published), *[""] * 8]
    interval = found.interval
    return [
        percent(cell.published),
        percent(found.accuracy),
        percent(interval.low) if interval else "",
        percent(interval.high) if interval else "",
        found.over,
        " ".join(map(str, found.run_ids)),
        str(found.questions),
        percent(found.option_accuracy),
        percent(found.no_answer_share),
    ]
