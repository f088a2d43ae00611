"""What a run came to and what there is to do with it, wherever the train pages show one."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from scicot.pure.statistics import wilson_interval
from scicot.words.records import RunKind, RunStatus
from scicot.words.runs import RunView

SPLITS = {"test": "the test split", "validation": "the validation split"}


def say_split(run: RunView) -> str | None:
    """Return the split that the run was measured on, in words; None where it does not say."""
    return SPLITS.get(str(run.result.get("evaluated_on")))


def show_share(label: str, about: str, count: int, questions: int) -> None:
    """Show a share of questions with its Wilson interval."""
    interval = wilson_interval(count, questions)
    st.metric(
        label,
        f"{count / questions:.1%}" if questions else "none",
        interval.to_words(".1f") if interval else None,
        delta_color="off",
        delta_arrow="off",
        help=f"{about} {count:,} of {questions:,}; below, the 95 % interval (Wilson).",
        width="content",
    )


def show_next(run: RunView) -> None:
    """Show what there is to do with a run that is done."""
    if run.status is not RunStatus.DONE or run.kind is not RunKind.TRAIN:
        return
    with st.container(horizontal=True):
        st.page_link(
            links.COMPARE,
            label="Compare it",
            icon=":material/compare:",
            query_params={"a": str(run.id)},
        )
        st.page_link(
            links.INSPECT,
            label="Read its answers",
            icon=":material/menu_book:",
            query_params={"runs": str(run.id)},
        )
        st.page_link(
            links.WHAT_IF,
            label="Ask it: what if",
            icon=":material/psychology:",
            query_params={"run": str(run.id)},
        )
