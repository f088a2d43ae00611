"""The judge's rubric on the screen: its versions, and writing the next one."""

from __future__ import annotations

import streamlit as st

from pages.shared.answers import answer, answered_at, show_answer
from pages.shared.frame import current_actor
from pages.shared.times import say_moment
from scicot.pure.judge.rubric import parse_lines, say_lines
from scicot.services.judge.rubrics import Rubric, list_rubrics, save_rubric
from scicot.services.workspace import open_workspace

PLACE = "rubric"


def choose_rubric() -> Rubric:
    """Return the version to judge by, the newest first; below it the way to write the next."""
    with open_workspace() as session:
        rubrics = list_rubrics(session)
    by_id = {rubric.id: rubric for rubric in rubrics}
    if st.session_state.get("rubric") not in by_id:
        st.session_state["rubric"] = rubrics[0].id
    chosen = st.selectbox(
        "Rubric",
        list(by_id),
        format_func=lambda rubric_id: _title(by_id[rubric_id]),
        key="rubric",
        persist_state="session",
    )
    rubric = by_id[chosen]
    with st.expander("Its criteria, and the next version", icon=":material/edit:"):
        st.text_area(
            "One criterion a line: its name, a colon, and what it asks",
            say_lines(rubric.criteria),
            key=f"rubric_lines_{rubric.id}",
            height=230,
            help="A criterion is passed when the rationale should not be rejected for it. No "
            "version is ever changed: what was judged by it stays beside it.",
        )
        st.button("Save as the next version", on_click=_save, args=(rubric.id,))
    show_answer(PLACE)
    return rubric


def _title(rubric: Rubric) -> str:
    count = len(rubric.criteria)
    made = f"{count} criteri{'a' if count != 1 else 'on'}, by {rubric.actor}"
    return f"Rubric {rubric.id}: {made}, {say_moment(rubric.created_at)}"


def _save(rubric_id: int) -> None:
    with answered_at(PLACE), open_workspace() as session:
        lines = str(st.session_state[f"rubric_lines_{rubric_id}"])
        saved = save_rubric(session, current_actor(), parse_lines(lines))
        st.session_state["rubric"] = saved.id
        said = "is that already" if saved.id <= rubric_id else "holds from now on"
        answer(PLACE, f"Rubric {saved.id} {said}.")
