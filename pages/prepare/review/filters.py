"""The filters of the review page, each kept in the link so that it restores the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.prepare.own_answers import OWN_ANSWERS
from pages.shared.links import link_choice
from scicot.pure.checks.table import BY_ID
from scicot.words.reviewing import Queue, QueueFilter, WorthFilter

ANY = "any"
CHANGED = {ANY: None, "changed": True, "unchanged": False}
LONGEST = 100_000


def choose_queue(counts: Mapping[Queue, int]) -> Queue:
    """Return the queue chosen among those with their counts."""
    # Streamlit's own binding puts what is shown into the link, and that holds changing counts
    return link_choice(
        st.selectbox,
        "Queue",
        "queue",
        list(Queue),
        say=lambda queue: f"{queue.value.capitalize()} · {counts[queue]:,}",
        is_short=True,
        label_visibility="collapsed",
    )


WORTHS = {
    WorthFilter.HELPS_LITTLE.value: "any that was measured, the least help first",
    WorthFilter.HARMS.value: "makes the key less likely",
    WorthFilter.GIVES_AWAY.value: "gives the key away without the question",
}


def choose_filter(
    dataset: str, queue: Queue, sources: Sequence[str], reviewers: Sequence[str]
) -> QueueFilter:
    """Return the filter typed and chosen in the popover."""
    with st.popover("Filter", icon=":material/filter_list:"):
        check = _choose("Flag", "flag", list(BY_ID), lambda check_id: BY_ID[check_id].name)
        source = _choose("Source", "source", sources)
        reviewer = _choose("Reviewed by", "reviewer", reviewers)
        own = _choose("The teacher, without the key", "own", list(OWN_ANSWERS))
        worth = _choose("To a student", "worth", list(WORTHS), lambda worth: WORTHS[worth])
        likely = st.toggle(
            "Likely rejected first",
            key="likely",
            bind="query-params",
            help="By a probability fitted on the verdicts given so far: flags, help and leak. "
            "Its calibration stands on the Clean page under Checks.",
        )
        judged = st.toggle(
            "Rejected by a judge first",
            key="judged",
            bind="query-params",
            help="What a judge last rejected, then what none has read. What it found is shown "
            "once you have given your own verdict.",
        )
        touched = st.toggle(
            "Touched by a newer rule",
            key="touched",
            bind="query-params",
            help="Verdicts given before the rubric or the guidelines changed, which the change "
            "puts in question. Choose the queue All.",
        )
        changed = _choose("Text", "changed", [change for change in CHANGED if change != ANY])
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
        own_answer_right=OWN_ANSWERS[own] if own else None,
        worth=WorthFilter(worth) if worth else None,
        likely_first=bool(likely),
        judged_first=bool(judged),
        touched=bool(touched),
    )


def _choose(
    label: str, key: str, options: Sequence[str], name: Callable[[str], str] = str
) -> str | None:
    chosen = link_choice(
        st.selectbox,
        label,
        key,
        [ANY, *options],
        say=lambda option: ANY if option == ANY else name(option),
        is_short=True,
        is_remembered=False,
    )
    return None if chosen == ANY else chosen


def _number(place: DeltaGenerator, label: str, key: str) -> int | None:
    value = place.number_input(
        label, min_value=0, max_value=LONGEST, value=None, key=key, bind="query-params"
    )
    return None if value is None else int(value)
