"""Slices on the Compare page: accuracy in each part, a click to filter, and position bias."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.evaluate.score import percent
from pages.shared.frame import BY_DATABASE
from pages.shared.links import link_choice
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.evaluation.comparison import say_p
from scicot.pure.evaluation.slices import (
    NO_ANSWER,
    SMALL,
    TITLES,
    Dimension,
    PositionBias,
    SliceRow,
)
from scicot.pure.markdown import escape_markdown
from scicot.pure.statistics import holm, wilson_interval
from scicot.services.evaluation.comparison import RunComparison
from scicot.services.evaluation.slices import RunSlices, load_slices, with_tags
from scicot.services.predictions.store import count_predictions
from scicot.services.workspace import Workspace, open_workspace

BIAS = {"A": Dimension.ANSWER_A, "B": Dimension.ANSWER_B}


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_DATABASE)
def _load(workspace: Workspace, run_a: int, run_b: int, answered: tuple[int, int]) -> RunSlices:
    """Keep what the answers can be parted by; `answered` makes it afresh when answers come in.

    What is kept is frozen, so that sharing it is safe.
    """
    return load_slices(workspace, run_a, run_b)


def load_run_slices(run_a: int, run_b: int) -> RunSlices:
    """Return the two runs' slices, tags as they are now."""
    with open_workspace() as workspace:
        answered = count_predictions(workspace, run_a), count_predictions(workspace, run_b)
        return with_tags(workspace, _load(workspace, run_a, run_b, answered), run_a, run_b)


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
    dimension = link_choice(
        st.selectbox,
        "Part the questions by",
        "by",
        list(Dimension),
        default=Dimension.QUESTION_WORD,
        say=lambda choice: TITLES[choice],
    )
    if dimension is None:  # an empty box stands for the first choice
        dimension = Dimension.QUESTION_WORD
    rows = slices.rows(dimension)
    if not rows:
        st.info("No question bears such a mark yet.", icon=":material/inbox:")
        return
    adjusted = holm([row.found.mid_p for row in rows])
    show_plain_table(
        [
            Head("Slice"),
            *(Head(text, is_number=True) for text in ("n", "A", "B", "A − B", "Holm p")),
        ],
        [_describe(row, p) for row, p in zip(rows, adjusted, strict=True)],
        key="slices",
        label=f"A against B by {TITLES[dimension]}",
        is_sortable=True,
        on_press=partial(_filter, dimension),
    )
    st.caption(
        f"A: {escape_markdown(compared.name_a)}; B: {escape_markdown(compared.name_b)}. "
        f"Accuracy with Wilson's 95 % interval. Grey: fewer than {SMALL} questions. "
        "Press a slice to read its questions, a head to sort."
    )


def _describe(row: SliceRow, adjusted_p: float) -> Line:
    comparison = row.found
    cells = [
        Cell(row.value.replace("_", " "), press=row.value),
        Cell(f"{comparison.matched:,}", value=comparison.matched),
        _accuracy(comparison.both + comparison.only_a, comparison.matched),
        _accuracy(comparison.both + comparison.only_b, comparison.matched),
        Cell(f"{comparison.difference * 100:+.1f}", value=comparison.difference),
        Cell(say_p(adjusted_p), value=adjusted_p),
    ]
    return Line(cells, is_faint=row.is_small)


def _accuracy(correct: int, n: int) -> Cell:
    interval = wilson_interval(correct, n)
    if interval is None:
        return Cell("–")
    share = correct / n
    return Cell(f"{percent(share)}  {interval.in_brackets()}", value=share)


def _filter(dimension: Dimension, value: str) -> None:
    """Put the slice that was pressed into the link; called before the page reruns."""
    st.query_params["slice"] = f"{dimension}:{value}"
    st.query_params["view"] = "questions"
    st.query_params.pop("question", None)


def show_bias(slices: RunSlices, names: Sequence[str]) -> None:
    """Show how each run's answers spread over the positions, and the confusion tables."""
    for column, (letter, dimension), name in zip(st.columns(2), BIAS.items(), names, strict=True):
        with column:
            st.markdown(f"**{letter}: {escape_markdown(name)}**")
            _show_bias(letter, slices.bias(dimension))
    st.caption(
        "Shares of all matched questions, with Wilson's 95 % interval. Without bias the answers "
        "spread as the keys do. In the lower table a row is the key's position, a column the "
        "position answered."
    )


def _show_bias(letter: str, bias: PositionBias) -> None:
    show_plain_table(
        [
            Head("Position"),
            *(Head(text, is_number=True) for text in ("Key", "Answered", "Too often")),
        ],
        [
            Line(
                [
                    Cell(position),
                    Cell(percent(bias.key_shares[position])),
                    _accuracy(round(bias.answer_shares[position] * bias.n), bias.n),
                    Cell(
                        f"{(bias.answer_shares[position] - bias.key_shares[position]) * 100:+.1f}"
                    ),
                ]
            )
            for position in bias.positions
        ],
        key=f"bias_{letter}",
        label=f"How often {letter} answers each position",
    )
    keys = [position for position in bias.positions if position != NO_ANSWER]
    show_plain_table(
        [
            Head("Key"),
            *(Head(position, "Position answered", is_number=True) for position in bias.positions),
        ],
        [
            Line(
                [
                    Cell(key),
                    *(
                        Cell(f"{bias.confusion.get((key, position), 0):,}")
                        for position in bias.positions
                    ),
                ]
            )
            for key in keys
        ],
        key=f"confusion_{letter}",
        label=f"Position of the key against the position that {letter} answers",
    )
