"""What a teacher is asked for: rationales, or what one method learns beside them."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from pages.prepare.bounds import choose_budget, choose_limit
from pages.prepare.generate.prompt_view import choose_prompt
from pages.prepare.teacher_choice import choose_teacher
from pages.shared.frame import errors_shown
from pages.shared.links import link_choice
from scicot.pure.methods.registry import learner_of
from scicot.services.runs.runs import list_runs
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import LessonConfig, LessonKind
from scicot.words.records import RunKind
from scicot.words.runs import RunView

RATIONALES = "rationales"
SAID = {
    RATIONALES: "Rationales of the answers",
    "other_options": "Rationales for other options",
    "option_shares": "How likely each option is",
}
ABOUT = {
    "other_options": "Of each training question a text that argues for another option, as if that "
    "were the answer. {method} learns from them that the answer follows the text (SCOTT). They "
    "join no review queue.",
    "option_shares": "The letter alone, with all letters' probabilities. {method} learns them "
    "(2412.09807). The teacher's server must tell them (`logprobs`); one question is tried first.",
}


def choose_asked_for() -> str:
    """Return what is to be asked for, as in the link."""
    return str(
        link_choice(
            st.selectbox,
            "Ask for",
            "for",
            [RATIONALES, *get_args(LessonKind)],
            say=lambda kind: SAID[kind],
            is_short=True,
        )
    )


def choose_lesson(dataset: str, kind: str) -> LessonConfig | None:
    """Return what is to be asked beside rationales; None while no teacher can be."""
    st.caption(ABOUT[kind].format(method=learner_of(kind).title))
    teacher = choose_teacher()
    settings: dict[str, Any] = {}
    if kind == "other_options":
        settings["prompt_id"] = choose_prompt().id
    with st.expander("More settings", icon=":material/tune:"):
        first, second = st.columns(2)
        settings["limit"] = choose_limit(first, "lesson_limit", "Only the first so many questions")
        settings["budget_usd"] = choose_budget(second, "lesson_budget")
    if teacher is None:
        return None
    with errors_shown():
        return LessonConfig.checked(dataset=dataset, kind=kind, teacher=teacher, **settings)
    return None


def choose_only_wrong(dataset: str) -> int | None:
    """Return the run of which only what its teacher got wrong by itself is asked; None for all."""
    with open_workspace() as session:
        runs = list_runs(session, kinds=[RunKind.GENERATE], dataset=dataset, limit=50)
    by_id: dict[int | None, RunView] = {
        run.id: run for run in runs if run.status.is_finished and not run.generation.trial
    }
    chosen = st.selectbox(
        "Only what a run's teacher got wrong by itself",
        [None, *by_id],
        format_func=lambda run_id: (
            f"{run_id}: {by_id[run_id].name}" if run_id in by_id else "all questions"
        ),
        key=f"only_wrong_{dataset}",
        persist_state="session",
        help="STaR: where a teacher that was not told the answer came to another one, it is told "
        "and asked again. Needs a prompt with {answer}.",
    )
    return chosen if chosen in by_id else None
