"""A large model answering by itself: the LLM rows of the paper's Table I."""

from __future__ import annotations

import streamlit as st

from pages.prepare.generate.teacher_choice import choose_teacher
from pages.prepare.generate.teacher_form import show_estimate
from pages.shared.frame import current_actor, errors_shown
from pages.shared.teacher_run import show_teacher_run
from scicot.services.runs.runs import list_runs
from scicot.services.teacher.estimates import estimate_few_shot
from scicot.services.workspace import open_workspace
from scicot.words.configs import FewShotConfig
from scicot.words.records import RunKind, Split

MOST_SHOTS = 5
SPLITS = {
    Split.TEST: "test: a baseline beside the students",
    Split.TRAIN: "train: does the teacher know the answers it explains?",
    Split.VALIDATION: "validation",
}


def show_few_shot(dataset: str) -> None:
    """Show the form of a few-shot run, and the newest one as it goes."""
    st.caption(
        "The model reads k worked examples from the training split and answers. Its answers "
        "stand in the results beside the students'."
    )
    teacher = choose_teacher()
    first, second, third = st.columns(3)
    split = first.selectbox("Questions", list(SPLITS), format_func=lambda split: SPLITS[split])
    shots = second.number_input("Examples (k)", 0, MOST_SHOTS, MOST_SHOTS, help="The paper's k: 5.")
    limit = third.number_input(
        "Only the first so many", min_value=1, value=None, placeholder="all of them"
    )
    thinking = st.toggle(
        "Chain of thought",
        help="The examples explain first, with approved rationales; with k = 0 the model is "
        "asked to think step by step.",
    )
    first, second, third = st.columns(3)
    samples = first.number_input(
        "Samples an answer", 1, 40, 1, help="Self-consistency: the majority of so many counts."
    )
    temperature = second.number_input(
        "Temperature of samples", 0.0, 2.0, 0.7, step=0.1, disabled=samples == 1
    )
    second_call = third.toggle(
        "Second call",
        help="An answer that cannot be read is asked for once more, in a few tokens "
        "(Kojima et al. 2022).",
    )
    budget = st.number_input(
        "Budget (USD)", min_value=0.0001, value=None, format="%.4f", placeholder="none"
    )
    if teacher is not None:
        with errors_shown():
            config = FewShotConfig.checked(
                dataset=dataset,
                teacher=teacher,
                split=split,
                shots=shots,
                chain_of_thought=thinking,
                samples=samples,
                temperature=temperature if samples > 1 else 0.0,
                second_call=second_call,
                limit=limit,
                budget_usd=budget,
            )
            with open_workspace() as session:
                estimate = estimate_few_shot(session, config)
            show_estimate(estimate)
            st.button(
                "Have it answer",
                type="primary",
                icon=":material/play_arrow:",
                on_click=_start,
                args=(config,),
            )
    _show_newest(dataset)


def _start(config: FewShotConfig) -> None:
    with errors_shown(), open_workspace() as workspace:
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
            st.metric("Accuracy", f"{metrics['accuracy']:.1%}")
            st.metric("No answer", f"{metrics['no_answer']:,} of {metrics['questions']:,}")
    with errors_shown():
        show_teacher_run(newest.id)
