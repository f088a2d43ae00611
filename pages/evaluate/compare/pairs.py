"""Every pair among several runs, with one error rate for all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from pages.evaluate.runs import run_label
from pages.shared.links import link_choices
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.evaluation.comparison import say_p
from scicot.pure.markdown import escape_markdown
from scicot.pure.statistics import ALPHA
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.cell_comparison import adjust_cells, find_siblings
from scicot.services.evaluation.comparison import PairRow, compare_all
from scicot.services.workspace import open_workspace
from scicot.words.runs import RunView

MOST = 6  # runs beside the two: 28 pairs


def show_pairs(
    first: Sequence[int],
    others: Sequence[RunView],
    reading: Reading,
    among: Collection[int] | None = None,
) -> None:
    """Show the pairs of the two runs and those chosen beside them; the link keeps the choice.

    With `among` on these questions only; what all seeds say is of all questions, and left out.
    """
    by_id = {run.id: run for run in others if run.id not in first}
    chosen = link_choices(
        f"More runs, up to {MOST}",
        "more",
        list(by_id),
        most=MOST,
        say=lambda run_id: run_label(by_id[run_id]),
    )
    with open_workspace() as session:
        pairs = compare_all(session, [*first, *chosen], reading=reading, among=among)
        both = [(pair.comparison.run_a, pair.comparison.run_b) for pair in pairs]
        found = find_siblings(session, both if among is None else [], reading=reading)
    numbers = ("n", "First − second", "95 % interval", "mid-p", "Holm p")
    show_plain_table(
        [Head("First"), Head("Second"), *(Head(text, is_number=True) for text in numbers)],
        [_describe(pair) for pair in pairs],
        key="pairs",
        label="Every pair among the chosen runs",
        is_sortable=True,
        on_press=_open,
    )
    several = adjust_cells([pair for pair in found if pair is not None])
    if several:
        st.markdown("**Over all seeds**, Holm's correction over these pairs:")
        for adjusted in several:
            st.markdown(f"- {escape_markdown(adjusted.sentence)}")
    st.caption(
        "Holm's adjustment holds the chance of one false difference among all these pairs to "
        "5 %; read it instead of mid-p where more than one pair is looked at. Marked: told apart "
        "after the adjustment. Press a pair to compare it."
    )


def _describe(pair: PairRow) -> Line:
    compared = pair.comparison
    comparison, interval = compared.found, compared.found.interval
    bounds = interval.to_words("+.1f") if interval else "–"
    return Line(
        [
            Cell(
                f"{compared.run_a.id} · {compared.name_a}",
                press=f"{compared.run_a.id},{compared.run_b.id}",
                help="Compare these two",
            ),
            Cell(f"{compared.run_b.id} · {compared.name_b}"),
            Cell(f"{comparison.matched:,}", value=comparison.matched),
            Cell(f"{comparison.difference * 100:+.1f}", value=comparison.difference),
            Cell(bounds, value=interval.low if interval else None),
            Cell(say_p(comparison.mid_p), value=comparison.mid_p),
            Cell(say_p(pair.adjusted_p), value=pair.adjusted_p),
        ],
        is_marked=pair.adjusted_p < ALPHA,
    )


def _open(pressed: str) -> None:
    """Put the pair that was pressed on the page; called before it reruns."""
    st.query_params["a"], st.query_params["b"] = pressed.split(",")
    for name in ("view", "cell", "question", "slice"):
        st.query_params.pop(name, None)
