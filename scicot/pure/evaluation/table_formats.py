"""A result table written as Markdown, LaTeX or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from scicot.pure.evaluation.table_words import (
    OPTIONS_NOTE,
    OPTIONS_TITLE,
    describe_published,
    option_heads,
    option_lines,
    percent,
    say_caption,
    say_reasons,
    say_settings_alike,
    write_cell,
)
from scicot.pure.evaluation.tables import OPTION_SCORES, Measured, ResultTable, TableCell
from scicot.pure.markdown import escape_markdown
from scicot.pure.spreadsheets import neutralise
from scicot.pure.statistics import Interval

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
    "\u00a0": "~",
    "−": "$-$",
    "×": r"$\times$",
    "▽": r"$^{\triangledown}$",
    "†": r"\dag{}",
    "‡": r"\ddag{}",
    "§": r"\S{}",
    "¶": r"\P{}",
    "‖": r"$\|$",
}
CSV_HEADS = [
    *("table", "row", "note", "column", "split", "paper", "paper_low", "paper_high"),
    *("ours", "low", "high", "interval_over", "seeds", "runs", "questions", "option_accuracy"),
    *("no_answer_share", "same_place", "training_questions", "differs"),
    *("option_accuracy_per_byte", "letter_accuracy", "training_sample", "no_answer_reasons"),
    *("warning", "below_chance", "training_sample_same_place"),
    *("option_low", "option_high", "per_byte_low", "per_byte_high", "letter_low", "letter_high"),
    *("option_seeds", "option_questions", "settings"),
]


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
            for text in (describe_published(cell), write_cell(cell, table.marks))
        ]
        lines.append([row.label, *notes, *pairs])
    return lines


def to_markdown(table: ResultTable) -> str:
    """Return the table in Markdown; what was not run is a dash."""
    caption = "\n".join(escape_markdown(line) for line in say_caption(table))
    body = _grid(_heads(table), _lines(table), 2 if table.note_title else 1)
    options = option_lines(table)
    if options:
        about = escape_markdown(f"{OPTIONS_TITLE}. {OPTIONS_NOTE}.")
        body += f"\n{about}\n\n{_grid(option_heads(table), options, 2)}"
    return f"**{escape_markdown(table.title)}.** {caption}\n\n{body}"


def _grid(heads: Sequence[str], lines: Sequence[Sequence[str]], first: int) -> str:
    """Return a table in Markdown whose columns after the `first` are numbers."""
    shown = [[escape_markdown(text) or "–" for text in line] for line in (heads, *lines)]
    rule = [":--"] * first + ["--:"] * (len(heads) - first)
    rows = [shown[0], rule, *shown[1:]]
    return "".join("| " + " | ".join(line) + " |\n" for line in rows)


def escape_latex(text: str) -> str:
    """Return the text with LaTeX's special characters written out."""
    return "".join(_LATEX.get(character, character) for character in text)


def to_latex(table: ResultTable) -> str:
    """Return the table for booktabs, paper and ours under each column's head."""
    left = 2 if table.note_title else 1
    spans = " & ".join(
        rf"\multicolumn{{2}}{{c}}{{{escape_latex(column)}}}" for column in table.columns
    )
    rules = " ".join(
        rf"\cmidrule(lr){{{left + 1 + 2 * place}-{left + 2 + 2 * place}}}"
        for place in range(len(table.columns))
    )
    heads = [table.label_title, *([table.note_title] if table.note_title else [])]
    second = [*map(escape_latex, heads), *(["paper", "ours"] * len(table.columns))]
    lines = [
        " & ".join(escape_latex(text) or "--" for text in line) + r" \\" for line in _lines(table)
    ]
    caption = [escape_latex(line) for line in say_caption(table)]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escape_latex(table.title)}.",
            *caption[:-1],
            f"{caption[-1]}}}",
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
            *_latex_options(table),
            r"\end{table}",
            "",
        ]
    )


def _latex_options(table: ResultTable) -> list[str]:
    """Return the option scores as a second tabular below the first; nothing where there are none.

    Tables of many columns stay as narrow as the first.
    """
    options = option_lines(table)
    if not options:
        return []
    lines = [" & ".join(escape_latex(text) or "--" for text in line) + r" \\" for line in options]
    return [
        "",
        rf"\smallskip {escape_latex(f'{OPTIONS_TITLE}. {OPTIONS_NOTE}.')}",
        "",
        rf"\begin{{tabular}}{{ll{'r' * len(table.columns)}}}",
        r"\toprule",
        " & ".join(map(escape_latex, option_heads(table))) + r" \\",
        r"\midrule",
        *lines,
        r"\bottomrule",
        r"\end{tabular}",
    ]


def to_csv(table: ResultTable) -> str:
    """Return one line a figure, for a spreadsheet: cells that could be formulas are quoted.

    The settings are those that all runs have alike; `differs` says in which a figure has others.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADS)
    settings = "; ".join(filter(None, say_settings_alike(table)))
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            line = [table.title, row.label, row.note, column, table.split, *_numbers(cell)]
            line.append(settings if cell.measured and cell.measured.run_ids else "")
            writer.writerow([neutralise(text) for text in line])
    return out.getvalue()


def to_csv_file(tables: Iterable[ResultTable]) -> str:
    """Return tables as a spreadsheet's file: a byte order mark first, for Excel on Windows."""
    return "\ufeff" + "\n".join(map(to_csv, tables))


def _numbers(cell: TableCell) -> list[str]:
    figure = cell.measured
    published = [percent(cell.published), *_ends(cell.published_interval)]
    if figure is None:
        return [*published, *[""] * (len(CSV_HEADS) - 6 - len(published))]
    return [
        *published,
        percent(figure.accuracy),
        *_ends(figure.interval),
        figure.over,
        str(len(figure.run_ids)),
        " ".join(map(str, figure.run_ids)),
        str(figure.questions),
        percent(figure.option_accuracy),
        percent(figure.no_answer_share) if figure.run_ids else "",
        percent(figure.same_place),
        "" if figure.examples is None else str(figure.examples),
        figure.differs,
        percent(figure.per_byte),
        percent(figure.letter),
        percent(figure.trained),
        say_reasons(figure.reasons),
        figure.warning,
        "yes" if figure.is_below_chance else "",
        percent(figure.trained_place),
        *_option_ends(figure),
    ]


def _option_ends(figure: Measured) -> list[str]:
    """Return the ends of the option scores' intervals, and the seeds and questions they are of."""
    cells = [figure.option_cells.get(name) for name in OPTION_SCORES]
    ends = [end for cell in cells for end in _ends(cell.interval if cell else None)]
    first = next(filter(None, cells), None)
    return [*ends, *([str(first.seeds), str(first.questions)] if first else ["", ""])]


def _ends(interval: Interval | None) -> list[str]:
    return [percent(interval.low), percent(interval.high)] if interval else ["", ""]
