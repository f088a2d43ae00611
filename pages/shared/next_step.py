"""The end of a page: what was done, in a sentence, and the way to what comes next."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor
from scicot.words.people import role_needed


def show_next_step(said: str, page: str, label: str, **query: object) -> None:
    """Show what the page has come to and one link on, to those whom that page is for."""
    if not current_actor().role.reaches(role_needed(page)):
        st.text(said)
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.text(said, width="stretch")
        st.page_link(
            page,
            label=label,
            icon=":material/arrow_forward:",
            query_params={name: str(value) for name, value in query.items()},
        )
