"""Generate: a teacher writes the rationales; what is there is never bought again."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.prepare.generate.asked_for import (
    RATIONALES,
    choose_asked_for,
    choose_lesson,
    choose_only_wrong,
)
from pages.prepare.generate.comparison import show_source_comparison
from pages.prepare.generate.few_shot_form import show_few_shot
from pages.prepare.generate.price_table import show_price_table
from pages.prepare.generate.prompt_editor import show_prompt_editor
from pages.prepare.generate.prompt_view import choose_prompt, show_prompt
from pages.prepare.generate.refusal_table import show_refusal_table
from pages.prepare.generate.teacher_form import (
    choose_call_settings,
    choose_questions_asked,
)
from pages.prepare.generate.teachers import show_teachers
from pages.prepare.offer import show_estimate
from pages.prepare.teacher_choice import choose_teacher
from pages.shared import links
from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import choose_dataset, current_actor, errors_shown
from pages.shared.panel import say_queue, two_sides
from pages.shared.press import press_button
from pages.shared.teacher_run import show_teacher_run
from scicot.services.runs.runs import list_runs
from scicot.services.teacher.estimates import estimate_teacher_run
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import GenerationConfig, LessonConfig
from scicot.words.records import UNDER_WAY, RunKind
from scicot.words.runs import RunView

SECTIONS = ("Run", "Prompts", "Compare", "LLM baseline", "Prices")


PLACE = "generate"
STARTED = "generate_started"  # the run whose progress stands in the panel
Config = GenerationConfig | LessonConfig


def _start(config: Config) -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        run_id = workspace.start(current_actor(), config)
        st.session_state[STARTED] = run_id
        links.choose("run", run_id)


def _choose(dataset: str) -> Config | None:
    """Return what is to be asked; None while no teacher can be."""
    kind = choose_asked_for()
    if kind != RATIONALES:
        return choose_lesson(dataset, kind)
    asked = choose_questions_asked(dataset)
    teacher = choose_teacher()
    prompt = choose_prompt()
    show_prompt(prompt, dataset, str(asked["split"]))
    settings = choose_call_settings()
    only_wrong_of = choose_only_wrong(dataset)
    if teacher is None:
        return None
    with errors_shown():
        return GenerationConfig.checked(
            dataset=dataset,
            teacher=teacher,
            prompt_id=prompt.id,
            only_wrong_of=only_wrong_of,
            **asked,
            **settings,
        )
    return None


def _show_offer(config: Config | None) -> None:
    st.markdown("**What will happen**")
    if config is None:
        st.info("Choose a teacher that can be asked.", icon=":material/arrow_back:")
        st.button("Generate", type="primary", disabled=True, key="start", width="stretch")
        return
    with errors_shown():
        with open_workspace() as session:
            estimate = estimate_teacher_run(session, config)
        press_button(
            "Generate" if estimate.calls else "All of these are there already",
            partial(_start, config),
            type="primary",
            icon=":material/play_arrow:",
            key="start",
            width="stretch",
            disabled=not estimate.calls,
        )
        show_answer(PLACE)
        show_estimate(estimate, say_queue(_kind(config)))


def _kind(config: Config) -> RunKind:
    return RunKind.LESSON if isinstance(config, LessonConfig) else RunKind.GENERATE


def _load_runs(dataset: str) -> dict[int, RunView]:
    with open_workspace() as session:
        kinds = [RunKind.GENERATE, RunKind.LESSON]
        runs = list_runs(session, kinds=kinds, with_archived=False, limit=200)
    return {run.id: run for run in runs if run.dataset == dataset and not _is_trial(run)}


def _is_trial(run: RunView) -> bool:
    return run.kind is RunKind.GENERATE and run.generation.trial


def _in_panel(by_id: dict[int, RunView]) -> int | None:
    """Return the run that the panel follows: the one just started, or one under way."""
    started = st.session_state.get(STARTED)
    if started in by_id:
        return int(started)
    return next((run.id for run in by_id.values() if run.status in UNDER_WAY), None)


def _ask_anew() -> None:
    st.session_state.pop(STARTED, None)


def _show_run_section(dataset: str) -> None:
    """Show the choices, beside them the offer or the run that came of it, earlier runs below."""
    by_id = _load_runs(dataset)
    followed = _in_panel(by_id)
    left, panel = two_sides()
    with left:
        config = _choose(dataset)
    with panel:
        if followed is None:
            _show_offer(config)
        else:
            with errors_shown():
                show_teacher_run(followed)
            if by_id[followed].status.is_finished:
                st.button("Ask for more", icon=":material/add:", on_click=_ask_anew)
    earlier = {run_id: run for run_id, run in by_id.items() if run_id != followed}
    if earlier:
        _show_earlier(earlier, followed)


def _show_earlier(by_id: dict[int, RunView], followed: int | None) -> None:
    st.subheader("Earlier runs" if followed else "What was generated", anchor=False)
    if followed is not None and st.query_params.get("run") == str(followed):
        links.write_link("run", None)
    chosen = links.link_choice(
        st.selectbox,
        "Run",
        "run",
        list(by_id),
        say=lambda run_id: f"{run_id}: {by_id[run_id].name}",
        is_remembered=followed is None,
    )
    with errors_shown():
        show_teacher_run(chosen)


st.title("Generate", anchor=False)
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
            show_teachers(dataset)
            show_source_comparison(dataset)
    elif section == "LLM baseline":
        show_few_shot(dataset)
    elif section == "Prices":
        show_price_table()
        show_refusal_table()
    else:
        _show_run_section(dataset)
