"""Accuracies and the 2x2 of a comparison, as the Compare page shows them."""

from __future__ import annotations

import streamlit as st

from scicot.pure.comparison import Cell, say_p
from scicot.pure.markdown import escape_markdown
from scicot.pure.metrics import Score
from scicot.services.comparison import Reading, RunComparison


def choose_reading() -> Reading:
    """Return what counts as an answer, kept in the link: the generated one, or by options."""
    wanted = st.query_params.get("reading", Reading.GENERATED)
    is_options = wanted == Reading.OPTIONS
    st.session_state["compare_by_options"] = is_options
    st.toggle(
        "Count the most likely option instead of the generated answer",
        key="compare_by_options",
        on_change=_remember_reading,
    )
    return Reading.OPTIONS if is_options else Reading.GENERATED


def _remember_reading() -> None:
    if st.session_state["compare_by_options"]:
        st.query_params["reading"] = Reading.OPTIONS.value
    else:
        st.query_params.pop("reading", None)
    st.query_params.pop("question", None)


def percent(value: float | None) -> str:
    """Return a fraction as percent with one digit; a dash for none."""
    return "–" if value is None else f"{value * 100:.1f} %"


def describe_score(score: Score) -> str:
    """Return a score's interval, count and unread answers in one line."""
    interval = score.interval
    bounds = f"{interval.low * 100:.1f}–{interval.high * 100:.1f}" if interval else "–"
    return f"95 % {bounds} · n = {score.n:,} · no answer {score.no_answer:,}"


def show_scores(compared: RunComparison) -> None:
    """Show both accuracies with their intervals, the difference, mid-p and the number needed."""
    found = compared.found
    interval = found.interval
    a, b, difference, test = st.columns(4)
    a.metric(escape_markdown(f"A: {compared.name_a}"[:60]), percent(compared.score_a.accuracy))
    a.caption(describe_score(compared.score_a))
    b.metric(escape_markdown(f"B: {compared.name_b}"[:60]), percent(compared.score_b.accuracy))
    b.caption(describe_score(compared.score_b))
    difference.metric("A − B, points", f"{found.difference * 100:+.1f}")
    if interval is not None:
        difference.caption(
            f"95 % {interval.low * 100:+.1f} to {interval.high * 100:+.1f} (paired bootstrap)"
        )
    test.metric("McNemar mid-p", say_p(found.mid_p))
    needed = f"{found.needed:,}" if found.needed else "no number"
    test.caption(
        f"{found.matched:,} questions matched · {needed} would tell a difference of this size"
    )


def show_cells(compared: RunComparison) -> Cell:
    """Show the 2x2 as buttons and return the chosen cell, kept in the link."""
    current = st.query_params.get("cell", "")
    chosen = Cell(current) if current in list(Cell) else Cell.ONLY_A
    titles = {
        Cell.BOTH: "Both right",
        Cell.ONLY_A: f"Only A: {compared.name_a}",
        Cell.ONLY_B: f"Only B: {compared.name_b}",
        Cell.NEITHER: "Neither",
    }
    for row in ((Cell.BOTH, Cell.ONLY_A), (Cell.ONLY_B, Cell.NEITHER)):
        for column, cell in zip(st.columns(2), row, strict=True):
            column.button(
                f"{len(compared.cells[cell]):,} · {escape_markdown(titles[cell])}",
                key=f"cell_{cell}",
                type="primary" if cell is chosen else "secondary",
                on_click=_choose,
                args=(cell,),
                width="stretch",
            )
    return chosen


def _choose(cell: Cell) -> None:
    st.query_params["cell"] = cell.value
    st.query_params.pop("question", None)
