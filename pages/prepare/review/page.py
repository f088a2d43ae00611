"""The Review page: one rationale a screen, one key a decision."""

from __future__ import annotations

import streamlit as st

from pages.prepare.review.card import show_review_card
from pages.prepare.review.filters import choose_filter, choose_queue
from pages.prepare.review.key_choice import show_key_choice
from pages.prepare.review.panel import show_review_panel
from pages.shared import links
from pages.shared.frame import BY_DATABASE, choose_dataset, current_actor, errors_shown
from pages.shared.next_step import show_next_step
from scicot.services.review.queue import (
    count_filtered,
    count_queues,
    list_reviewers,
    list_sources,
)
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.patterns import check_pattern
from scicot.words.records import Actor
from scicot.words.reviewing import Queue, QueueFilter

DECIDED = (Queue.ACCEPTED, Queue.EDITED, Queue.REJECTED, Queue.SKIPPED)
TO_DO = (Queue.UNREVIEWED, Queue.FLAGGED, Queue.CLEAN)


@st.cache_data(ttl=20, show_spinner=False, hash_funcs=BY_DATABASE)
def _options(workspace: Workspace, dataset: str) -> tuple[list[str], list[str]]:
    return list_sources(workspace, dataset), list_reviewers(workspace)


@st.cache_data(ttl=20, show_spinner=False, hash_funcs=BY_DATABASE)
def _count(workspace: Workspace, actor: Actor, wanted: QueueFilter) -> int:
    return count_filtered(workspace, actor, wanted)


def _show_progress(counts: dict[Queue, int]) -> None:
    """Show how many of all rationales are decided."""
    decided = sum(counts[queue] for queue in DECIDED)
    whole = decided + counts[Queue.UNREVIEWED]
    st.progress(decided / whole if whole else 0.0, f"{decided:,} of {whole:,} decided")


def _show_end(counts: dict[Queue, int]) -> None:
    """Show what the review came to and what comes next."""
    approved = counts[Queue.ACCEPTED] + counts[Queue.EDITED]
    show_next_step(
        f"All are decided: {counts[Queue.ACCEPTED]:,} accepted, {counts[Queue.EDITED]:,} edited, "
        f"{counts[Queue.REJECTED]:,} rejected, {counts[Queue.SKIPPED]:,} skipped.",
        links.LAUNCH if approved else links.GENERATE,
        f"Freeze these {approved:,} and train" if approved else "Generate others",
    )


title, progress, which, more = st.columns([1, 1.6, 2, 1.9], vertical_alignment="bottom")
title.subheader("Review", anchor=False)
dataset = choose_dataset()
if dataset is not None:
    with open_workspace() as workspace:
        counts = count_queues(workspace, current_actor(), dataset)
        sources, reviewers = _options(workspace, dataset)
    if not counts[Queue.ALL]:
        st.info("This dataset has no rationales yet.", icon=":material/edit_note:")
        st.page_link(links.GENERATE, label="Have a teacher write some first")
        st.stop()
    with progress:
        _show_progress(counts)
    with which:
        queue = choose_queue(counts)
    if not counts[Queue.UNREVIEWED] and queue in TO_DO:
        _show_end(counts)
    with more, st.container(horizontal=True, gap="small", wrap=False):
        wanted = choose_filter(dataset, queue, sources, reviewers)
        show_key_choice()
    with errors_shown():
        check_pattern(wanted.pattern)
        if wanted != QueueFilter(dataset, queue):
            with open_workspace() as workspace:
                count = _count(workspace, current_actor(), wanted)
            st.caption(f"The filter leaves {count:,}{' or more' if count >= 1000 else ''}.")
        show_review_card(wanted, links.link_number("rationale"))
        show_review_panel()
