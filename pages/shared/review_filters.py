"""The filters of the review page, each kept in the link so that it restores the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from scicot.pure.checks.table import BY_ID
from scicot.words.reviewing import Queue, QueueFilter

ANY = "any"
CHANGED = {ANY: None, "changed": True, "unchanged": False}
LONGEST = 100_000


def choose_queue(counts: Mapping[Queue, int]) -> Queue:
    """Return the queue chosen among those with their counts."""
    names = [queue.value for queue in Queue]
    if st.query_params.get("queue", names[0]) not in names:
        st.query_params.pop("queue", None)
    chosen = st.selectbox(
        "Queue",
        names,
        format_func=lambda name: f"{name.capitalize()} · {counts[Queue(name)]:,}",
        key="queue",
        bind="query-params",
        label_visibility="collapsed",
    )
    return Queue(chosen or names[0])


def choose_filter(
    dataset: str, queue: Queue, sources: Sequence[str], reviewers: Sequence[str]
) -> QueueFilter:
    """Return the filter typed and chosen in the popover."""
    with st.popover("Filter", icon=":material/filter_list:"):
        check = _choose("Flag", "flag", list(BY_ID), lambda one: BY_ID[one].name)
        source = _choose("Source", "source", sources)
        reviewer = _choose("Reviewed by", "reviewer", reviewers)
        changed = _choose("Text", "changed", [one for one in CHANGED if one != ANY])
        left, right = st.columns(2)
        shortest = _number(left, "Shortest, in characters", "shortest")
        longest = _number(right, "Longest, in characters", "longest")
        pattern = st.text_input(
            "Pattern in the text",
            key="pattern",
            bind="query-params",
            help="A regular expression, for instance `\\bbecause\\b`.",
        )
    return QueueFilter(
        dataset=dataset,
        queue=queue,
        check=check,
        source=source,
        reviewer=reviewer,
        changed=CHANGED[changed or ANY],
        shortest=shortest,
        longest=longest,
        pattern=pattern or "",
    )


def _choose(
    label: str, key: str, options: Sequence[str], name: Callable[[str], str] = str
) -> str | None:
    if st.query_params.get(key, ANY) not in (ANY, *options):
        st.query_params.pop(key, None)
    chosen = st.selectbox(
        label,
        [ANY, *options],
        format_func=lambda one: ANY if one == ANY else name(one),
        key=key,
        bind="query-params",
    )
    return None if chosen in (None, ANY) else chosen


def _number(place: DeltaGenerator, label: str, key: str) -> int | None:
    value = place.number_input(
        label, min_value=0, max_value=LONGEST, value=None, key=key, bind="query-params"
    )
    return None if value is None else int(value)
