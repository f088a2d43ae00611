"""The Review page: one rationale a screen, one key a decision."""

from __future__ import annotations

import streamlit as st

from pages.prepare.review.card import show_review_card
from pages.prepare.review.filters import choose_filter, choose_queue
from pages.prepare.review.panel import show_review_panel
from pages.shared import links
from pages.shared.frame import choose_dataset, current_actor, errors_shown
from scicot.services.review.queue import (
    count_filtered,
    count_queues,
    list_reviewers,
    list_sources,
)
from scicot.services.workspace import open_workspace
from scicot.words.patterns import check_pattern
from scicot.words.records import Actor
from scicot.words.reviewing import Queue, QueueFilter
from scicot.words.settings import get_settings


@st.cache_data(ttl=20, show_spinner=False)
def _options(database: str, dataset: str) -> tuple[list[str], list[str]]:
    with open_workspace() as session:
        return list_sources(session, dataset), list_reviewers(session)


@st.cache_data(ttl=20, show_spinner=False)
def _count(database: str, actor: Actor, wanted: QueueFilter) -> int:
    with open_workspace() as session:
        return count_filtered(session, actor, wanted)


title, where, which, more = st.columns([1.2, 2, 2, 1], vertical_alignment="bottom")
title.subheader("Review", anchor=False)
with where:
    dataset = choose_dataset()
if dataset is not None:
    with open_workspace() as session:
        counts = count_queues(session, current_actor(), dataset)
    database = get_settings().resolved_database_url  # the cache is the process's
    sources, reviewers = _options(database, dataset)
    if not counts[Queue.ALL]:
        st.info("This dataset has no rationales yet.", icon=":material/edit_note:")
        st.page_link(links.GENERATE, label="Have a teacher write some first")
        st.stop()
    with which:
        queue = choose_queue(counts)
    with more:
        wanted = choose_filter(dataset, queue, sources, reviewers)
    with errors_shown():
        check_pattern(wanted.pattern)
        if wanted != QueueFilter(dataset, queue):
            count = _count(database, current_actor(), wanted)
            st.caption(f"The filter leaves {count:,}{' or more' if count >= 1000 else ''}.")
        show_review_card(wanted, links.link_number("rationale"))
        show_review_panel()
