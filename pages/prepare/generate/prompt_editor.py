"""Prompts as they are worked on: write a version, try it on three questions, keep it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.prepare.generate.prompt_view import PARTS, choose_prompt, show_prompt
from pages.prepare.generate.teacher_form import default_of
from pages.prepare.teacher_choice import choose_teacher
from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import current_actor, errors_shown
from pages.shared.press import press_button
from pages.shared.teacher_run import show_teacher_run
from scicot.pure.markdown import escape_markdown
from scicot.pure.teacher.prompts import VARIABLES
from scicot.services.questions.lookup import list_questions
from scicot.services.runs.runs import list_runs
from scicot.services.teacher.prompts import Prompt, save_prompt
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import GenerationConfig
from scicot.words.records import RunKind, Split
from scicot.words.teaching import PromptParts

PLACE = "trial"
TRIED_ON = 3


def show_prompt_editor(dataset: str) -> None:
    """Show one version's parts to be written on, and what a teacher makes of them."""
    prompt = choose_prompt()
    variables = ", ".join(f"`{{{name}}}`" for name in VARIABLES)
    st.caption(
        f"The paper's three parts. {variables} stand for the question's own text, which is put "
        "between tags, so that it reads as data. A version is never changed: saving makes a new "
        "one."
    )
    texts = {
        part: st.text_area(
            title,
            getattr(prompt.parts, part),
            key=f"prompt_{prompt.id}_{part}",
            height="content",
            persist_state="session",
        )
        for part, title in PARTS.items()
    }
    parts = PromptParts(**texts)
    st.text_input("Name", prompt.name, key=f"prompt_{prompt.id}_name")
    st.button(
        "Save as a new version",
        icon=":material/save:",
        disabled=parts == prompt.parts,
        on_click=_save,
        args=(prompt,),
    )
    show_prompt(prompt, dataset, Split.TRAIN.value)
    st.subheader(f"Try it on {TRIED_ON} questions")
    _show_trial(dataset, prompt)


def _save(prompt: Prompt) -> None:
    """Save what the fields hold at the press, which may have been typed since they were drawn."""
    held = {part: st.session_state[f"prompt_{prompt.id}_{part}"] for part in (*PARTS, "name")}
    name, parts = held.pop("name"), PromptParts(**held)
    with errors_shown(), open_workspace() as session:
        st.session_state["generate_prompt"] = save_prompt(session, current_actor(), name, parts).id


def _show_trial(dataset: str, prompt: Prompt) -> None:
    teacher = choose_teacher()
    if teacher is not None:
        max_tokens = int(default_of("max_tokens"))
        press_button(
            f"Ask for {TRIED_ON} rationales with {escape_markdown(prompt.title)}",
            partial(_try, dataset, prompt.id, teacher, max_tokens),
            icon=":material/labs:",
            help="The same calls as a whole run makes; a whole run will not buy them again.",
        )
        show_answer(PLACE)
    with open_workspace() as session:
        runs = list_runs(session, kinds=[RunKind.GENERATE], limit=50)
    tried = [run for run in runs if run.generation.trial and run.generation.prompt_id == prompt.id]
    if tried:
        with errors_shown():
            show_teacher_run(tried[0].id)


def _try(dataset: str, prompt_id: int, teacher: str, max_tokens: int) -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        questions = list_questions(workspace, dataset, Split.TRAIN, limit=TRIED_ON)
        config = GenerationConfig.checked(
            dataset=dataset,
            teacher=teacher,
            prompt_id=prompt_id,
            max_tokens=max_tokens,
            question_ids=tuple(question.id for question in questions),
            trial=True,
        )
        workspace.start(current_actor(), config)
