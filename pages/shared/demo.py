"""The demonstration's label on every page, and the press that takes it out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

from pages.shared import links
from pages.shared.frame import DATASET, current_actor, current_dataset, errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.services.demo.demonstration import (
    Demonstration,
    find_demonstration,
    remove_demonstration,
    say_own_work,
)
from scicot.services.workspace import open_workspace
from scicot.words.people import MAY, Action

ASKED = "demo_removal_asked"


def show_demonstration() -> None:
    """Show, while its dataset is chosen, what the demonstration is and how to be rid of it."""
    with errors_shown(), open_workspace() as session:
        demonstration = find_demonstration(session)
        if demonstration is None or demonstration.dataset != current_dataset():
            st.session_state.pop(ASKED, None)
            return
        own = say_own_work(session, demonstration)
    with st.sidebar, st.container(border=True, gap="small"):
        st.components.v2.component("demonstration", css=_ribbon(), isolate_styles=False)()
        st.badge(
            "Demonstration",
            icon=":material/science:",
            color="orange",
            help="Our own questions, a tiny teacher, three tiny students, really run.",
        )
        st.caption("It shows how the work goes, not what the methods can do.")
        if current_actor().role.reaches(MAY[Action.DELETE]):
            _show_removal(demonstration, own)


def _show_removal(demonstration: Demonstration, own: str) -> None:
    """Show the button; what somebody added to the demonstration is named before it goes."""
    if own and st.session_state.get(ASKED):
        st.warning(f"With it go the {own} that were added here.")
    st.button(
        f"Remove it with the {own}" if own and st.session_state.get(ASKED) else "Remove it",
        key="demo_remove",
        icon=":material/delete:",
        help=f"Takes '{escape_markdown(demonstration.dataset)}' out of this workspace, and nothing "
        "else.",
        on_click=_remove,
        args=(bool(own),),
        width="stretch",
    )


def _remove(has_own_work: bool) -> None:
    if has_own_work and not st.session_state.get(ASKED):
        st.session_state[ASKED] = True
        return
    st.session_state.pop(ASKED, None)
    with errors_shown(), open_workspace() as workspace:
        remove_demonstration(workspace, workspace.settings, current_actor())
        st.query_params.clear()
        st.session_state.pop(links.REMEMBERED, None)
        st.session_state.pop(DATASET, None)


@lru_cache(maxsize=1)
def _ribbon() -> str:
    return (Path(__file__).parent / "demo.css").read_text(encoding="utf-8")
