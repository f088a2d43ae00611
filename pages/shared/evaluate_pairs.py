"""Every pair among several runs, with one error rate for all of them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.evaluate_runs import link_numbers, run_label
from scicot.pure.comparison import say_p
from scicot.services.comparison import Reading, compare_all
from scicot.services.workspace import open_workspace
from scicot.words.records import RunView

MOST = 6  # runs more than A and B: 28 pairs


def show_pairs(first: Sequence[int], others: Sequence[RunView], reading: Reading) -> None:
    """Show the pairs of A, B and the runs chosen beside them; the link keeps the choice."""
    by_id = {run.id: run for run in others if run.id not in first}
    wanted = [run_id for run_id in link_numbers("more") if run_id in by_id]
    st.session_state["compare_more"] = wanted[:MOST]
    chosen = st.multiselect(
        f"More runs, up to {MOST}",
        list(by_id),
        key="compare_more",
        format_func=lambda run_id: run_label(by_id[run_id]),
        max_selections=MOST,
        on_change=_remember,
    )
    with open_workspace() as session:
        pairs = compare_all(session, [*first, *chosen], reading=reading)
    st.dataframe(
        [
            {
                "A": f"{one.run_a.id} · {one.name_a}",
                "B": f"{one.run_b.id} · {one.name_b}",
                "n": one.found.matched,
                "A − B": f"{one.found.difference * 100:+.1f}",
                "95 % interval": "–"
                if (interval := one.found.interval) is None
                else f"{interval.low * 100:+.1f} to {interval.high * 100:+.1f}",
                "mid-p": say_p(one.found.mid_p),
                "Holm p": say_p(pair.adjusted_p),
            }
            for pair in pairs
            for one in [pair.comparison]
        ],
        hide_index=True,
    )
    st.caption(
        "Holm's adjustment holds the chance of one false difference among all these pairs to "
        "5 %; read it instead of mid-p where more than one pair is looked at."
    )


def _remember() -> None:
    st.query_params["more"] = ",".join(map(str, st.session_state["compare_more"]))
