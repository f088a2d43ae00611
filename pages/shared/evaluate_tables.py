"""The paper's tables on the screen: published, ours, and a way to launch what is missing."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from scicot.pure.markdown import escape_markdown
from scicot.pure.table_formats import (
    describe_measured,
    percent,
    to_csv,
    to_latex,
    to_markdown,
)
from scicot.pure.tables import ResultTable, TableCell


def show_table(table: ResultTable) -> None:
    """Show one table, what our figures rest on, and its exports."""
    head, exports = st.columns([5, 1], vertical_alignment="bottom")
    head.markdown(f"##### {escape_markdown(table.title)}")
    with exports.popover("Export", width="stretch"):
        _show_exports(table)
    rows = []
    for row in table.rows:
        shown = {escape_markdown(table.label_title): escape_markdown(row.label)}
        if table.note_title:
            shown[table.note_title] = escape_markdown(row.note)
        for column, cell in zip(table.columns, row.cells, strict=True):
            name = escape_markdown(column)
            shown[f"{name}, paper"] = percent(cell.published) or "–"
            shown[f"{name}, ours"] = _show_ours(cell)
        rows.append(shown)
    st.table(rows, border="horizontal", hide_index=True)
    _show_basis(table)


def _show_ours(cell: TableCell) -> str:
    if cell.measured is not None:
        return f"**{escape_markdown(describe_measured(cell))}**"
    if cell.launch is None:
        return "–"
    return f"[:material/play_arrow: launch](launch?{urlencode(cell.launch)})"


def _show_basis(table: ResultTable) -> None:
    rows = [
        {
            table.label_title: row.label,
            "Column": column,
            "Generated": percent(found.accuracy),
            "95 % over": found.over,
            "By options": percent(found.option_accuracy) or "–",
            "No answer": f"{percent(found.no_answer_share, 1)} %",
            "Runs": ", ".join(map(str, found.run_ids)),
            "n": found.questions,
            "Left out": found.left_out,
        }
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if (found := cell.measured) is not None
    ]
    if rows:
        with st.expander("What our figures rest on", icon=":material/functions:"):
            st.dataframe(rows, hide_index=True, width="stretch")
            st.caption(
                "Generated: the answer that the run wrote, as in the paper. By options: the most "
                "likely option. The interval is Student's t over seeds, or Wilson's over the "
                "questions where there is one run. Left out: runs of other settings than the "
                "seed's."
            )


def _show_exports(table: ResultTable) -> None:
    for title, text, ending in (
        ("LaTeX", to_latex(table), "tex"),
        ("Markdown", to_markdown(table), "md"),
        ("CSV", to_csv(table), "csv"),
    ):
        st.download_button(
            title,
            text,
            file_name=f"{table.key}.{ending}",
            key=f"{table.key}_{ending}",
            on_click="ignore",
            width="stretch",
        )
