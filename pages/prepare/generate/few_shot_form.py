"""A large model answering by itself: the LLM rows of the paper's Table I."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.prepare.bounds import choose_budget, choose_limit
from pages.prepare.offer import show_estimate
from pages.prepare.teacher_choice import choose_teacher
from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import current_actor, errors_shown
from pages.shared.panel import say_queue, two_sides
from pages.shared.press import press_button
from pages.shared.teacher_run import show_teacher_run
from scicot.pure.markdown import escape_markdown
from scicot.pure.predictions.places import read_standing
from scicot.pure.shares import say_share
from scicot.pure.statistics import wilson_interval
from scicot.services.questions.lookup import count_questions
from scicot.services.runs.runs import list_runs
from scicot.services.teacher.estimates import estimate_few_shot
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import FewShotConfig
from scicot.words.records import RunKind, Split

MOST_SHOTS = 5
PLACE = "few_shot"
SPLITS = {
    Split.VALIDATION: "validation, as students read",
    Split.TEST: "test, as final runs read",
    Split.TRAIN: "train: does it know the key?",
}


def show_few_shot(dataset: str) -> None:
    """Show the form of a few-shot run, and beside it what it would do and the newest one."""
    st.caption(
        "The model reads k worked examples from the training split and answers. Its answers "
        "stand in the results beside the students'."
    )
    left, panel = two_sides()
    with left:
        config = _choose(dataset)
    with panel:
        st.markdown("**What will happen**")
        if config is None:
            st.info("Choose a teacher that can be asked.", icon=":material/arrow_back:")
        else:
            with errors_shown():
                _show_offer(config)
        _show_newest(dataset)


def _choose(dataset: str) -> FewShotConfig | None:
    """Return what is to be asked; None while no model can be."""
    teacher = choose_teacher()
    first, second = st.columns(2)
    asked = _choose_questions(dataset, first, second)
    answered = _choose_answers(first, second)
    asked["budget_usd"] = choose_budget(second, "few_shot_budget")
    if teacher is None:
        return None
    with errors_shown():
        return FewShotConfig.checked(dataset=dataset, teacher=teacher, **asked, **answered)
    return None


def _choose_questions(
    dataset: str, first: DeltaGenerator, second: DeltaGenerator
) -> dict[str, Any]:
    """Return which questions are asked: of the validation split at first, where there is one."""
    with open_workspace() as session:
        has_validation = count_questions(session).get(dataset, {}).get(Split.VALIDATION, 0) > 0
    return {
        "split": first.selectbox(
            "Questions",
            list(SPLITS),
            index=list(SPLITS).index(Split.VALIDATION if has_validation else Split.TEST),
            format_func=lambda split: SPLITS[split],
            key="few_shot_split",
            persist_state="session",
        ),
        "limit": choose_limit(second, "few_shot_limit", "Only the first so many"),
    }


def _choose_answers(first: DeltaGenerator, second: DeltaGenerator) -> dict[str, Any]:
    """Return what the model reads before a question, and how its answer is taken."""
    shots = first.number_input(
        "Examples (k)",
        0,
        MOST_SHOTS,
        MOST_SHOTS,
        help="The paper's k: 5.",
        key="few_shot_shots",
        persist_state="session",
    )
    samples = second.number_input(
        "Samples an answer",
        1,
        40,
        1,
        help="Self-consistency: the majority of so many counts.",
        key="few_shot_samples",
        persist_state="session",
    )
    thinking = first.toggle(
        "Chain of thought",
        help="The examples explain first, with approved rationales; with k = 0 the model is "
        "asked to think step by step.",
        key="few_shot_thinking",
        persist_state="session",
    )
    second_call = second.toggle(
        "Second call",
        help="An answer that cannot be read is asked for once more, in a few tokens "
        "(Kojima et al. 2022).",
        key="few_shot_second_call",
        persist_state="session",
    )
    temperature = first.number_input(
        "Temperature of samples",
        0.0,
        2.0,
        0.7,
        step=0.1,
        disabled=samples == 1,
        key="few_shot_temperature",
        persist_state="session",
    )
    return {
        "shots": shots,
        "chain_of_thought": thinking,
        "samples": samples,
        "temperature": temperature if samples > 1 else 0.0,
        "second_call": second_call,
    }


def _show_offer(config: FewShotConfig) -> None:
    with open_workspace() as session:
        estimate = estimate_few_shot(session, config)
    press_button(
        "Have it answer",
        partial(_start, config),
        type="primary",
        icon=":material/play_arrow:",
        key="start",
        width="stretch",
    )
    show_answer(PLACE)
    show_estimate(estimate, say_queue(RunKind.FEW_SHOT))


def _start(config: FewShotConfig) -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        workspace.start(current_actor(), config)


def _show_newest(dataset: str) -> None:
    with open_workspace() as session:
        runs = list_runs(session, kinds=[RunKind.FEW_SHOT], dataset=dataset, limit=1)
    if not runs:
        return
    newest = runs[0]
    st.divider()
    st.text(newest.name)
    metrics = newest.metrics
    if metrics is not None and metrics.get("accuracy") is not None:
        with st.container(horizontal=True):
            interval = wilson_interval(metrics["correct"], metrics["questions"])
            st.metric(
                f"Correct on {newest.split}",
                say_share(metrics["accuracy"]),
                interval.to_words(".1f") if interval else None,
                delta_color="off",
                delta_arrow="off",
                help=f"{metrics['correct']:,} of {metrics['questions']:,}; below, the 95 % "
                "interval (Wilson).",
            )
            st.metric("No answer", f"{metrics['no_answer']:,} of {metrics['questions']:,}")
            standing = read_standing(metrics)
            st.metric(
                "One place always",
                say_share(standing.same_place),
                help="What always the best place would give on the same questions.",
            )
        if standing.has_fallen:
            st.warning(escape_markdown(standing.warn("It")), icon=":material/warning:")
    with errors_shown():
        show_teacher_run(newest.id)
