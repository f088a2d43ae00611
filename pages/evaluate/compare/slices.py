"""Slices on the Compare page: accuracy in each part, a click to filter, and position bias."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.evaluate.compare.forest import ALL, show_forest, show_places
from pages.evaluate.runs import number_runs, run_colors
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
    by_run,
)
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
from scicot.pure.statistics import holm, wilson_interval
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.comparison import RunComparison
from scicot.services.evaluation.slices import RunSlices, load_slices, with_tags
from scicot.services.predictions.store import count_predictions
from scicot.services.workspace import Workspace, open_workspace

BIAS = (Dimension.ANSWER_A, Dimension.ANSWER_B)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_DATABASE)
def _load(
    workspace: Workspace, run_a: int, run_b: int, reading: Reading, answered: tuple[int, int]
) -> RunSlices:
    """Keep what the answers can be parted by; `answered` makes it afresh when answers come in.

    What is kept is frozen, so that sharing it is safe.
    """
    return load_slices(workspace, run_a, run_b, reading=reading)


def load_run_slices(run_a: int, run_b: int, reading: Reading) -> RunSlices:
    """Return the two runs' slices, their answers read as told and tags as they are now."""
    with open_workspace() as workspace:
        answered = count_predictions(workspace, run_a), count_predictions(workspace, run_b)
        loaded = _load(workspace, run_a, run_b, reading, answered)
        return with_tags(workspace, loaded, run_a, run_b)


def chosen_slice() -> tuple[Dimension, str] | None:
    """Return the slice that the link names, None for none."""
    dimension, _, value = st.query_params.get("slice", "").partition(":")
    return (Dimension(dimension), value) if dimension in list(Dimension) and value else None


def title_of_dimension(dimension: Dimension, names: Sequence[str]) -> str:
    """Return what a dimension is called on the screen, the runs by their numbers."""
    return by_run(TITLES[dimension], *names)


def show_filter(kept: int, names: Sequence[str]) -> None:
    """Show the slice in force and the button that leaves it."""
    chosen = chosen_slice()
    if chosen is None:
        return
    text, button = st.columns([4, 1], vertical_alignment="center")
    title = escape_markdown(f"{title_of_dimension(chosen[0], names)}: {chosen[1]}")
    text.info(f"Only {title} ({kept:,} questions)", icon=":material/filter_alt:")
    button.button("All questions", on_click=_leave, width="stretch")


def _leave() -> None:
    st.query_params.pop("slice", None)
    st.query_params.pop("question", None)


def show_slices(slices: RunSlices, compared: RunComparison) -> None:
    """Show the runs' difference in each slice as a forest plot; the table behind it filters."""
    runs = [compared.run_a, compared.run_b]
    names = number_runs(runs)
    dimension = link_choice(
        st.selectbox,
        "Part the questions by",
        "by",
        list(Dimension),
        default=Dimension.QUESTION_WORD,
        say=lambda choice: title_of_dimension(choice, names),
    )
    if dimension is None:  # an empty box stands for the first choice
        dimension = Dimension.QUESTION_WORD
    rows = slices.rows(dimension)
    if not rows:
        st.info("No question bears such a mark yet.", icon=":material/inbox:")
        return
    whole = SliceRow(dimension, ALL, tuple(slices.correct_a), compared.found)
    show_forest(rows, whole, names, run_colors(runs))
    adjusted = holm([row.found.mid_p for row in rows])
    with st.expander("As a table; a press on a slice reads its questions", icon=":material/table:"):
        show_plain_table(
            [
                Head("Slice"),
                *(Head(text, is_number=True) for text in ("n", *names)),
                Head("One place", is_number=True, help="What always the best place would give."),
                *(Head(text, is_number=True) for text in ("Difference", "Holm p")),
            ],
            [_describe(row, p) for row, p in zip(rows, adjusted, strict=True)],
            key="slices",
            label=f"{names[0]} against {names[1]} by {title_of_dimension(dimension, names)}",
            is_sortable=True,
            on_press=partial(_filter, dimension),
        )
    st.caption(
        f"{names[0]}: {escape_markdown(compared.name_a)}; "
        f"{names[1]}: {escape_markdown(compared.name_b)}. Accuracies with Wilson's 95 % interval, "
        f"differences with the paired bootstrap's. Faint: fewer than {SMALL} questions."
    )


def _describe(row: SliceRow, adjusted_p: float) -> Line:
    comparison = row.found
    cells = [
        Cell(row.value.replace("_", " "), press=row.value),
        Cell(f"{comparison.matched:,}", value=comparison.matched),
        _accuracy(comparison.both + comparison.only_a, comparison.matched),
        _accuracy(comparison.both + comparison.only_b, comparison.matched),
        Cell(say_share(row.same_place), value=row.same_place),
        Cell(f"{comparison.difference * 100:+.1f}", value=comparison.difference),
        Cell(say_p(adjusted_p), value=adjusted_p),
    ]
    return Line(cells, is_faint=row.is_small)


def _accuracy(correct: int, n: int) -> Cell:
    interval = wilson_interval(correct, n)
    if interval is None:
        return Cell("–")
    share = correct / n
    return Cell(f"{say_share(share)} {interval.in_brackets()}", value=share)


def _filter(dimension: Dimension, value: str) -> None:
    """Put the slice that was pressed into the link; called before the page reruns."""
    st.query_params["slice"] = f"{dimension}:{value}"
    st.query_params["view"] = "questions"
    st.query_params.pop("question", None)


def show_bias(slices: RunSlices, compared: RunComparison) -> None:
    """Show how each run's answers spread over the places, with the confusion tables behind."""
    runs = [compared.run_a, compared.run_b]
    names = number_runs(runs)
    biases = [slices.bias(dimension) for dimension in BIAS]
    show_places(biases, names, run_colors(runs))
    with st.expander("As tables", icon=":material/table:"):
        for column, name, bias in zip(st.columns(2), names, biases, strict=True):
            with column:
                st.markdown(f"**{name.capitalize()}**")
                _show_bias(name, bias)
    st.caption(
        f"Shares of the {compared.found.matched:,} questions above, with Wilson's 95 % interval. "
        "Without bias the answers spread as the keys do. In the lower table a row is the key's "
        "place, a column the place answered."
    )


def _show_bias(name: str, bias: PositionBias) -> None:
    show_plain_table(
        [
            Head("Position"),
            *(Head(text, is_number=True) for text in ("Key", "Answered", "Too often")),
        ],
        [
            Line(
                [
                    Cell(position),
                    Cell(say_share(bias.key_shares[position])),
                    _accuracy(round(bias.answer_shares[position] * bias.n), bias.n),
                    Cell(
                        f"{(bias.answer_shares[position] - bias.key_shares[position]) * 100:+.1f}"
                    ),
                ]
            )
            for position in bias.positions
        ],
        key=f"bias_{name}",
        label=f"How often {name} answers each place",
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
        key=f"confusion_{name}",
        label=f"Place of the key against the place that {name} answers",
    )
