"""What teachers' servers turned out to refuse, with the day, and a way to forget it."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from scicot.services.teacher.refusals import forget_refusals, list_refusals
from scicot.services.workspace import open_workspace


def show_refusal_table() -> None:
    """Show which parameters are no longer sent to whom; nothing where nothing was refused."""
    with open_workspace() as session:
        listed = list_refusals(session)
    if not listed:
        return
    st.caption("Parameters that a teacher's server refused are not sent to it again.")
    for known in listed:
        said, button = st.columns([4, 1], vertical_alignment="center")
        said.text(
            f"{known.teacher}: without {', '.join(known.parameters)} "
            f"(learned {known.learned_at:%Y-%m-%d})"
        )
        button.button(
            "Forget", key=f"forget_{known.teacher}", on_click=_forget, args=(known.teacher,)
        )


def _forget(teacher: str) -> None:
    with errors_shown(), open_workspace() as session:
        forget_refusals(session, current_actor(), teacher)
