"""Several runs laid over each other: their curves, their figures, and the ways to compare."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import streamlit as st

from pages.shared import links
from pages.shared.method_names import name_method, name_student
from pages.shared.palette import RUN_COLORS
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from pages.train.runs.curves import show_curves
from pages.train.runs.table import TICKED, say_accuracy, say_time_taken
from scicot.pure.evaluation.apart import tell_apart
from scicot.pure.predictions.places import read_standing
from scicot.pure.shares import NONE, say_share
from scicot.words.runs import RunView

SHOWN = ("dataset", "method", "student")  # what the table has a column for
HEADS = (
    Head("Run"),
    Head("Method"),
    Head("Student"),
    Head("Dataset"),
    Head("Questions", is_number=True, help="How many it answered, and of which split."),
    Head("Correct", is_number=True, help="With its 95 % interval (Wilson)."),
    Head("One place", is_number=True, help="What always the best place would give."),
    Head("Took", is_number=True),
)


def show_overlay(runs: Sequence[RunView]) -> None:
    """Show these runs in one chart, each with the colour of its line."""
    answered = [run for run in runs if (run.metrics or {}).get("questions")]
    with st.container(horizontal=True, vertical_alignment="center"):
        alike = next((pair for pair in combinations(answered, 2) if _share_questions(*pair)), None)
        if alike is not None:
            first, second = alike
            st.page_link(
                links.COMPARE,
                label=f"Compare {first.id} with {second.id}",
                icon=":material/compare:",
                query_params={"a": str(first.id), "b": str(second.id)},
            )
        if len(answered) > 1:
            st.page_link(
                links.INSPECT,
                label="Read their answers",
                icon=":material/menu_book:",
                query_params={"runs": ",".join(str(run.id) for run in answered[:4])},
            )
        st.button("Untick all", icon=":material/close:", on_click=_untick, type="tertiary")
    differs = tell_apart(runs, SHOWN)
    is_unlike = any(differs.values())
    show_plain_table(
        [HEADS[0], *([Head("Differs in")] if is_unlike else []), *HEADS[1:]],
        [
            Line(_cells(run, place, differs[run.id] if is_unlike else None))
            for place, run in enumerate(runs)
        ],
        key="ticked_table",
        label="The ticked runs",
    )
    if not show_curves(runs, key="ticked"):
        st.caption("None of them has a curve: only training draws one.")


def _share_questions(first: RunView, second: RunView) -> bool:
    """Return whether two runs answered the same split: what can be compared."""
    return (first.dataset, first.split) == (second.dataset, second.split)


def _cells(run: RunView, place: int, differs: str | None) -> list[Cell]:
    """Return a run's cells; `differs` is None where no run differs in anything."""
    correct, note, value = say_accuracy(run)
    standing = read_standing(run.metrics)
    questions = (run.metrics or {}).get("questions")
    same = standing.same_place
    return [
        Cell(f"{run.id} · {run.name}", color=RUN_COLORS[place % len(RUN_COLORS)]),
        *([Cell(differs or NONE)] if differs is not None else []),
        Cell(name_method(run.method)),
        Cell(name_student(run)),
        Cell(run.dataset or ""),
        Cell(f"{questions:,} {run.split}" if questions else "", value=questions),
        Cell(f"{correct} {note}".strip(), note=standing.warning, value=value),
        Cell("" if same is None else say_share(same), value=same),
        Cell(say_time_taken(run)),
    ]


def _untick() -> None:
    links.write_link(TICKED, None)
