"""The paper's tables on the screen: published, ours, and a button in each cell that is empty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

import streamlit as st

from pages.shared import links
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.evaluation.table_formats import to_csv_file, to_latex, to_markdown
from scicot.pure.evaluation.table_words import (
    describe_basis,
    describe_measured,
    describe_published,
    say_caption,
)
from scicot.pure.evaluation.tables import ResultTable, TableCell
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
from scicot.services.evaluation.question_view import MAX_RUNS

PAPER_HELP = "Published test accuracy in percent, with Wilson's 95 % interval."
OURS_HELP = (
    "Accuracy in percent, of what the note below the table says, and its 95 % interval over "
    "questions and seeds. Press a figure to read its runs' answers."
)


def show_table(table: ResultTable, imported: Collection[str]) -> None:
    """Show one table with its exports; a press leads to a figure's answers or to its launch.

    A run on a dataset that is not among the `imported` ones needs its questions first.
    """
    head, exports = st.columns([5, 1], vertical_alignment="bottom")
    head.markdown(f"##### {escape_markdown(table.title)}")
    with exports.popover("Export", width="stretch"):
        _show_exports(table)
    heads = [Head(table.label_title), *([Head(table.note_title)] if table.note_title else [])]
    published = [
        any(row.cells[place].published is not None for row in table.rows)
        for place in range(len(table.columns))
    ]
    for column, is_published in zip(table.columns, published, strict=True):
        if is_published:
            heads.append(Head("paper", column, PAPER_HELP, is_number=True))
        heads.append(Head("ours", column, OURS_HELP, is_number=True))
    lines = []
    for number, row in enumerate(table.rows):
        cells = [Cell(row.label), *([Cell(row.note)] if table.note_title else [])]
        for place, cell in enumerate(row.cells):
            if published[place]:
                cells.append(Cell(describe_published(cell) or "–"))
            cells.append(_ours(cell, f"{number},{place}", imported, table.marks))
        lines.append(Line(cells))
    pressed = show_plain_table(heads, lines, key=f"table_{table.key}", label=table.title)
    st.caption(" ".join(escape_markdown(line) for line in say_caption(table)))
    if pressed:
        row_place, column_place = map(int, pressed.split(","))
        _follow(table.rows[row_place].cells[column_place], imported)


def _ours(cell: TableCell, press: str, imported: Collection[str], marks: Mapping[str, str]) -> Cell:
    if cell.measured is not None and not cell.measured.run_ids:
        return Cell(describe_measured(cell), describe_basis(cell))
    if cell.measured is not None:
        said = describe_measured(cell, marks)
        return Cell(said, describe_basis(cell), press, help=_say_runs(cell))
    if cell.under_way is not None:
        return Cell(f"run {cell.under_way} is under way", press=press, help="Watch it")
    if cell.launch is None:
        return Cell("–")
    if cell.launch["dataset"] not in imported:
        about = f"There are no questions of {cell.launch['dataset']} yet: leads to their import"
        return Cell("Import first", press=press, is_call=True, help=about)
    return Cell("Launch", press=press, is_call=True, help=_say_launch(cell.launch))


def _say_runs(cell: TableCell) -> str:
    ids = cell.measured.run_ids if cell.measured else ()
    return f"Run{'s' if len(ids) > 1 else ''} {', '.join(map(str, ids))}: read the answers"


def _say_launch(launch: Mapping[str, str]) -> str:
    like = f", set like run {launch['like']}" if "like" in launch else ""
    return (
        f"Opens the launch page ready to train {launch['method']} on "
        f"{say_share(float(launch['fraction']))} of {launch['dataset']}{like}"
    )


def _follow(cell: TableCell, imported: Collection[str]) -> None:
    """Go where a pressed cell leads; the script ends here."""
    if cell.measured is not None:
        runs = ",".join(map(str, cell.measured.run_ids[:MAX_RUNS]))
        st.switch_page(links.INSPECT, query_params={"runs": runs})
    if cell.under_way is not None:
        st.switch_page(links.RUNS, query_params={"run": str(cell.under_way)})
    if cell.launch is not None and cell.launch["dataset"] not in imported:
        st.switch_page(links.QUESTIONS)
    if cell.launch is not None:
        st.switch_page(links.LAUNCH, query_params=dict(cell.launch))


def _show_exports(table: ResultTable) -> None:
    formats: tuple[tuple[str, Callable[[ResultTable], str], str], ...] = (
        ("LaTeX", to_latex, "tex"),
        ("Markdown", to_markdown, "md"),
        ("CSV", lambda table: to_csv_file([table]), "csv"),
    )
    for title, write, ending in formats:
        st.download_button(
            title,
            partial(write, table),
            file_name=f"{table.key}.{ending}",
            key=f"{table.key}_{ending}",
            on_click="ignore",
            width="stretch",
        )
