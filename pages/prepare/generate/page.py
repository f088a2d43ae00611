"""Generate: a teacher writes the rationales; what is there is never bought again."""

from __future__ import annotations

import streamlit as st

from pages.prepare.generate.comparison import show_source_comparison
from pages.prepare.generate.few_shot_form import show_few_shot
from pages.prepare.generate.price_table import show_price_table
from pages.prepare.generate.prompt_editor import show_prompt_editor
from pages.prepare.generate.prompt_view import choose_prompt, show_prompt
from pages.prepare.generate.teacher_choice import choose_teacher
from pages.prepare.generate.teacher_form import (
    choose_call_settings,
    choose_questions_asked,
    show_estimate,
)
from pages.shared import links
from pages.shared.frame import choose_dataset, current_actor, errors_shown
from pages.shared.teacher_run import show_teacher_run
from scicot.services.runs.runs import list_runs
from scicot.services.teacher.estimates import estimate_generation
from scicot.services.workspace import open_workspace
from scicot.words.configs import GenerationConfig
from scicot.words.records import RunKind
from scicot.words.runs import RunView

SECTIONS = ("Run", "Prompts", "Compare", "LLM baseline", "Prices")


def _start(config: GenerationConfig) -> None:
    with errors_shown(), open_workspace() as workspace:
        st.query_params["run"] = str(workspace.start(current_actor(), config))


def _show_form(dataset: str) -> None:
    asked = choose_questions_asked(dataset)
    teacher = choose_teacher()
    prompt = choose_prompt()
    show_prompt(prompt, dataset, str(asked["split"]))
    settings = choose_call_settings()
    if teacher is None:
        return
    with errors_shown():
        config = GenerationConfig.checked(
            dataset=dataset, teacher=teacher, prompt_id=prompt.id, **asked, **settings
        )
        with open_workspace() as session:
            estimate = estimate_generation(session, config)
        show_estimate(estimate)
        st.button(
            "Generate" if estimate.calls else "All of these are there already",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not estimate.calls,
            on_click=_start,
            args=(config,),
        )


def _load_runs(dataset: str) -> dict[int, RunView]:
    with open_workspace() as session:
        runs = list_runs(session, kinds=[RunKind.GENERATE], limit=200)
    return {run.id: run for run in runs if run.dataset == dataset and not run.generation.trial}


def _show_runs(by_id: dict[int, RunView]) -> None:
    chosen = links.link_choice(
        st.selectbox,
        "Run",
        "run",
        list(by_id),
        say=lambda run_id: f"{run_id}: {by_id[run_id].name}",
    )
    with errors_shown():
        show_teacher_run(chosen)


def _show_run_section(dataset: str) -> None:
    """Show what is going on above the form, what is over below it."""
    runs = _load_runs(dataset)
    if any(not run.status.is_finished for run in runs.values()):
        _show_runs(runs)
        st.divider()
        _show_form(dataset)
    else:
        _show_form(dataset)
        if runs:
            st.divider()
            _show_runs(runs)


st.title("Generate")
dataset = choose_dataset()
if dataset:
    section = links.link_choice(
        st.segmented_control,
        "Section",
        "section",
        SECTIONS,
        is_short=True,
        label_visibility="collapsed",
    )
    if section == "Prompts":
        show_prompt_editor(dataset)
    elif section == "Compare":
        with errors_shown():
            show_source_comparison(dataset)
    elif section == "LLM baseline":
        show_few_shot(dataset)
    elif section == "Prices":
        show_price_table()
    else:
        _show_run_section(dataset)
