"""Slices on the Compare page: accuracy in each part, a click to filter, and position bias."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pages.shared.evaluate_score import percent
from scicot.pure.markdown import escape_markdown
from scicot.pure.slices import NO_ANSWER, SMALL, TITLES, Dimension, PositionBias, SliceRow
from scicot.pure.statistics import holm, wilson_interval
from scicot.services.comparison import RunComparison
from scicot.services.predictions import count_predictions
from scicot.services.slices import RunSlices, load_slices, with_tags
from scicot.services.workspace import open_workspace

BIAS = {"A": Dimension.ANSWER_A, "B": Dimension.ANSWER_B}


@st.cache_resource(max_entries=8, show_spinner=False)  # frozen, so that sharing it is safe
def _load(run_a: int, run_b: int, answered: tuple[int, int]) -> RunSlices:
    """Keep what the answers can be parted by; `answered` makes it afresh when answers come in."""
    with open_workspace() as session:
        return load_slices(session, run_a, run_b)


def load_run_slices(run_a: int, run_b: int) -> RunSlices:
    """Return the two runs' slices, tags as they are now."""
    with open_workspace() as session:
        answered = count_predictions(session, run_a), count_predictions(session, run_b)
        return with_tags(session, _load(run_a, run_b, answered), run_a, run_b)


def chosen_slice() -> tuple[Dimension, str] | None:
    """Return the slice that the link names, None for none."""
    dimension, _, value = st.query_params.get("slice", "").partition(":")
    return (Dimension(dimension), value) if dimension in list(Dimension) and value else None


def show_filter(kept: int) -> None:
    """Show the slice in force and the button that leaves it."""
    chosen = chosen_slice()
    if chosen is None:
        return
    text, button = st.columns([4, 1], vertical_alignment="center")
    title = escape_markdown(f"{TITLES[chosen[0]]}: {chosen[1]}")
    text.info(f"Only {title} ({kept:,} questions)", icon=":material/filter_alt:")
    button.button("All questions", on_click=_leave, width="stretch")


def _leave() -> None:
    st.query_params.pop("slice", None)
    st.query_params.pop("question", None)


def show_slices(slices: RunSlices, compared: RunComparison) -> None:
    """Show A against B in each slice of the chosen dimension; a click on a row filters."""
    wanted = st.query_params.get("by", Dimension.QUESTION_WORD)
    st.session_state["slices_by"] = (
        Dimension(wanted) if wanted in list(Dimension) else Dimension.QUESTION_WORD
    )
    dimension = st.selectbox(
        "Part the questions by",
        list(Dimension),
        key="slices_by",
        format_func=lambda one: TITLES[one],
        on_change=_remember,
    )
    rows = slices.rows(dimension)
    if not rows:
        st.info("No question bears such a mark yet.", icon=":material/inbox:")
        return
    table = pd.DataFrame([_describe(row) for row in rows])
    table["Holm p"] = [f"{p:.3f}" for p in holm([row.found.mid_p for row in rows])]
    grey = ["color: #8a8a8a" if row.is_small else "" for row in rows]
    key = f"slices_{dimension}"
    st.dataframe(
        table.style.apply(lambda _column: grey),
        hide_index=True,
        on_select=partial(_filter, rows, key),
        selection_mode="single-row",
        key=key,
    )
    st.caption(
        f"A: {escape_markdown(compared.name_a)}; B: {escape_markdown(compared.name_b)}. "
        f"Accuracy with Wilson's 95 % interval. Grey: fewer than {SMALL} questions. "
        "Click a row to read its questions."
    )


def _describe(row: SliceRow) -> dict[str, object]:
    found = row.found
    return {
        "Slice": row.value.replace("_", " "),
        "n": found.matched,
        "A": _accuracy(found.both + found.only_a, found.matched),
        "B": _accuracy(found.both + found.only_b, found.matched),
        "A − B": f"{found.difference * 100:+.1f}",
    }


def _accuracy(correct: int, n: int) -> str:
    interval = wilson_interval(correct, n)
    if interval is None:
        return "–"
    return f"{percent(correct / n)}  [{interval.low * 100:.0f}, {interval.high * 100:.0f}]"


def _filter(rows: Sequence[SliceRow], key: str) -> None:
    """Put the slice of the row that was clicked into the link; called before the page reruns."""
    picked = st.session_state[key].selection.rows
    if picked:
        row = rows[picked[0]]
        st.query_params["slice"] = f"{row.dimension}:{row.value}"
        st.query_params["view"] = "questions"
        st.query_params.pop("question", None)


def _remember() -> None:
    st.query_params["by"] = st.session_state["slices_by"].value


def show_bias(slices: RunSlices, names: Sequence[str]) -> None:
    """Show how each run's answers spread over the positions, and the confusion tables."""
    for column, (letter, dimension), name in zip(st.columns(2), BIAS.items(), names, strict=True):
        with column:
            st.markdown(f"**{letter}: {escape_markdown(name)}**")
            _show_bias(slices.bias(dimension))
    st.caption(
        "Shares of all matched questions. Without bias the answers spread as the keys do. In the "
        "lower table a row is the key's position, a column the position answered."
    )


def _show_bias(bias: PositionBias) -> None:
    st.dataframe(
        [
            {
                "Position": one,
                "Key": percent(bias.key_shares[one]),
                "Answered": percent(bias.answer_shares[one]),
                "Too often": f"{(bias.answer_shares[one] - bias.key_shares[one]) * 100:+.1f}",
            }
            for one in bias.positions
        ],
        hide_index=True,
    )
    keys = [one for one in bias.positions if one != NO_ANSWER]
    st.dataframe(
        [
            {"Key": key, **{one: bias.confusion.get((key, one), 0) for one in bias.positions}}
            for key in keys
        ],
        hide_index=True,
    )
