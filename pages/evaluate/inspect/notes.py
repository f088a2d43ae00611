"""Notes on a question: read them, leave one."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.times import say_moment, say_utc
from scicot.pure.markdown import escape_markdown
from scicot.services.evaluation.question_view import QuestionView, add_note
from scicot.services.workspace import open_workspace


def show_notes(view: QuestionView) -> None:
    """Show the question's notes and a box to leave another."""
    st.markdown("##### Notes")
    for note in view.notes:
        about = f" · run {note.run_id}" if note.run_id else ""
        said = f"{escape_markdown(note.actor)} · {say_moment(note.created_at)}{about}"
        st.caption(said, help=say_utc(note.created_at))
        st.text(note.text)
    key = f"note_{view.question.id}"
    st.text_area("A note on this question", key=key, height=80, persist_state="session")
    st.button("Keep the note", on_click=_keep, args=(view.question.id, key))


def _keep(question_id: int, key: str) -> None:
    with errors_shown(), open_workspace() as session:
        add_note(session, current_actor(), question_id, st.session_state[key])
        st.session_state[key] = ""
