"""What a run came to and what there is to do with it, wherever the train pages show one."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from scicot.pure.shares import say_share
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
        say_share(count / questions) if questions else "none",
        interval.to_words(".1f") if interval else None,
        delta_color="off",
        delta_arrow="off",
        help=f"{about} {count:,} of {questions:,}; below, the 95 % interval (Wilson).",
        width="content",
    )


def show_next(run: RunView) -> None:
    """Show what there is to do with a run that is done."""
    if run.status is not RunStatus.DONE:
        return
    ways = _ways_on(run)
    if ways:
        with st.container(horizontal=True):
            for page, label, icon, query in ways:
                st.page_link(page, label=label, icon=f":material/{icon}:", query_params=query)


def _ways_on(run: RunView) -> list[tuple[str, str, str, dict[str, str]]]:
    """Return page, label, icon and link of each way on; a generating run shows its own."""
    number, dataset = str(run.id), {"dataset": str(run.dataset)}
    compare = (links.COMPARE, "Compare it", "compare", {"a": number})
    read = (links.INSPECT, "Read its answers", "menu_book", {"runs": number})
    if run.kind is RunKind.TRAIN:
        return [compare, read, (links.WHAT_IF, "Ask it: what if", "psychology", {"run": number})]
    if run.kind in (RunKind.FEW_SHOT, RunKind.IMPORTED):
        return [compare, read]
    if run.kind is RunKind.ATTRIBUTE:
        asked = {"run": str(run.attribution.run)}
        return [(links.ATTRIBUTION, "See whose fault each error is", "balance", asked)]
    if run.kind in (RunKind.JUDGE, RunKind.WORTH):
        return [(links.REVIEW, "Review with what it found", "rate_review", dataset)]
    if run.kind is RunKind.IMPORT and run.dataset:
        return [(links.GENERATE, "Generate rationales", "arrow_forward", dataset)]
    return []
