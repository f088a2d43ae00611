"""A teacher prompt in the paper's three parts, as a question fills it."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.pure.teacher.prompts import render_parts
from scicot.services.questions.lookup import list_questions
from scicot.services.teacher.prompts import (
    Prompt,
    choose_default_prompt,
    default_prompt,
    list_prompts,
)
from scicot.services.workspace import open_workspace
from scicot.words.records import Split

PARTS = {
    "reference": "1. The correct answer as a reference point",
    "thinking": "2. Let's think step by step",
    "specificity": "3. Specific to this question, nothing but the explanation",
}


def choose_prompt() -> Prompt:
    """Return the chosen version; the default comes first, as on the command line."""
    with open_workspace() as session:
        prompts = list_prompts(session)
        default = default_prompt(session)
    by_id = {prompt.id: prompt for prompt in prompts}
    if st.session_state.get("generate_prompt") not in by_id:
        st.session_state["generate_prompt"] = default.id

    def title(prompt_id: int) -> str:
        by_default = ", used by default" * (prompt_id == default.id)
        return f"{by_id[prompt_id].title}, by {by_id[prompt_id].actor}{by_default}"

    chosen = st.selectbox(
        "Prompt", list(by_id), format_func=title, key="generate_prompt", persist_state="session"
    )
    if chosen != default.id:
        st.button(
            "Use this prompt by default",
            icon=":material/push_pin:",
            help="Here and on the command line, until another is chosen.",
            on_click=_make_default,
            args=(chosen,),
        )
    return by_id[chosen]


def _make_default(prompt_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        choose_default_prompt(session, current_actor(), prompt_id)


def show_prompt(prompt: Prompt, dataset: str, split: str) -> None:
    """Show exactly what is sent for the split's first question, part by part."""
    with open_workspace() as session:
        questions = list_questions(session, dataset, Split(split), limit=1)
    if not questions:
        return
    shown = render_parts(prompt.parts, questions[0])
    with st.expander(f"What is sent, with question {escape_markdown(questions[0].external_id)}"):
        for part, title in PARTS.items():
            st.caption(title)
            st.code(getattr(shown, part), language=None, wrap_lines=True)
