"""The three ways in for somebody who has no questions here yet."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.frame import current_actor, errors_shown
from scicot.services.demo.demonstration import add_demonstration
from scicot.services.workspace import open_workspace


def show_doors() -> None:
    """Show what the app does, and three ways to begin."""
    st.markdown(
        "Sci-CoT turns a large model's reasoning into a small model's skill: **import** "
        "questions, let a teacher **generate** rationales, **review** them, **train** students "
        "and **compare** where they err."
    )
    now, arc, own = st.columns(3)
    with now, st.container(border=True, height="stretch"):
        st.markdown("##### Try it now")
        st.text(
            "A finished piece of work to look at, in seconds: 60 questions, rationales, "
            "three trained students. No key, no network; one press removes it again."
        )
        st.button("Try it now", type="primary", icon=":material/science:", on_click=_try_it_now)
    with arc, st.container(border=True, height="stretch"):
        st.markdown("##### Bring ARC")
        st.text("The paper's two sets, 7,787 questions: from the hub or its official folder.")
        st.page_link(links.QUESTIONS, label="Import ARC", icon=":material/cloud_download:")
    with own, st.container(border=True, height="stretch"):
        st.markdown("##### Bring your own")
        st.text("A file or folder of multiple-choice questions, previewed before it is stored.")
        st.page_link(links.QUESTIONS, label="Import a file", icon=":material/upload:")


def _try_it_now() -> None:
    with errors_shown(), open_workspace() as session:
        added = add_demonstration(session, current_actor())
        links.choose("dataset", added.dataset)
