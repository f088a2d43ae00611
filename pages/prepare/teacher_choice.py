"""Choosing a teacher: the paper's, the starter teacher, or one at another address."""

from __future__ import annotations

import streamlit as st

from scicot.pure.markdown import escape_markdown
from scicot.services.teacher.generation import last_teacher, teacher_problem
from scicot.services.workspace import open_workspace
from scicot.words.configs import PAPER_TEACHER, STARTER_TEACHER
from scicot.words.settings import get_settings
from scicot.words.teaching import TeacherKind

OTHER_OPENAI = "openai"
OTHER_ADDRESS = "url"
TEACHERS = {
    PAPER_TEACHER: "gpt-3.5-turbo: the paper's teacher",
    STARTER_TEACHER: "Starter teacher: on this machine, for trying things out",
    OTHER_OPENAI: "Another model of OpenAI's",
    OTHER_ADDRESS: "An OpenAI-compatible server",
}


def choose_teacher() -> str | None:
    """Return the teacher's name, None while it is not fully named or cannot be asked.

    It begins with the teacher that was asked last on this machine, else with the paper's.
    """
    if "teacher" not in st.session_state:
        _begin_with_last()
    kind = st.selectbox(
        "Teacher",
        list(TEACHERS),
        format_func=lambda teacher: TEACHERS[teacher],
        key="teacher",
        persist_state="session",
    )
    name = str(kind)
    if kind == OTHER_OPENAI:
        model = st.text_input("Model", key="teacher_model", persist_state="session")
        name = f"openai:{model.strip()}" if model.strip() else ""
    elif kind == OTHER_ADDRESS:
        first, second = st.columns(2)
        address = first.text_input(
            "Address",
            key="teacher_address",
            placeholder="http://127.0.0.1:8080/v1",
            persist_state="session",
            help="Its key, if it wants one, is SCICOT_TEACHER_API_KEY in the environment or .env.",
        )
        model = second.text_input("Model", key="teacher_url_model", persist_state="session")
        name = f"{address.strip()}#{model.strip()}" if address.strip() and model.strip() else ""
    if kind == STARTER_TEACHER:
        st.info(
            "The starter teacher (SmolLM2, 135M parameters) needs no key and no network. It is "
            "for trying things out: it is often wrong, names option letters and contradicts the "
            "answer key. Do not train a student in earnest on what it writes.",
            icon=":material/science:",
        )
    return _checked(name)


def _begin_with_last() -> None:
    with open_workspace() as session:
        last = last_teacher(session)
    if last is None:
        return
    fields = {"teacher": last.name}
    if last.kind is TeacherKind.URL:
        fields = {
            "teacher": OTHER_ADDRESS,
            "teacher_address": str(last.base_url),
            "teacher_url_model": last.model,
        }
    elif last.name not in TEACHERS:
        fields = {"teacher": OTHER_OPENAI, "teacher_model": last.model}
    st.session_state.update(fields)


def _checked(name: str) -> str | None:
    if not name:
        return None
    problem = teacher_problem(get_settings(), name)
    if problem is None:
        return name
    st.warning(escape_markdown(problem), icon=":material/key:")
    if name != STARTER_TEACHER:
        st.button("Use the starter teacher instead", on_click=_use_starter)
    return None


def _use_starter() -> None:
    st.session_state["teacher"] = STARTER_TEACHER
