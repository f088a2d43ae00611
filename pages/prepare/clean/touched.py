"""The way to earlier verdicts that a newer rule puts in question."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from scicot.services.review.drift import touched_ids
from scicot.services.workspace import open_workspace
from scicot.words.reviewing import Queue


def show_touched(dataset: str) -> None:
    """Show how many earlier verdicts a changed criterion or guideline touches, and lead there."""
    with open_workspace() as session:
        touched = len(touched_ids(session, dataset))
    if touched:
        st.page_link(
            links.REVIEW,
            label=f"Earlier verdicts that a newer rule touches: {touched:,}. Read them anew",
            icon=":material/update:",
            query_params={"dataset": dataset, "queue": Queue.ALL.value, "touched": "true"},
        )
