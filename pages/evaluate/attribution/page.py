"""The Attribution page: whose fault each error of a two-stage run is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from pages.evaluate.attribution.faults import choose_fault, say_coverage, show_variants
from pages.evaluate.question import show_question
from pages.evaluate.reader import choose_question
from pages.evaluate.runs import choose_run, predicted_runs
from pages.shared import links
from pages.shared.frame import current_actor, errors_shown
from scicot.services.evaluation.attribution import attribute_errors, is_two_stage
from scicot.services.evaluation.question_view import view_question
from scicot.services.rationales.references import count_references
from scicot.services.workspace import open_workspace
from scicot.words.configs import AttributionConfig
from scicot.words.records import Origin, RunView

REFERENCES: dict[str, Literal["teacher", "human"] | None] = {
    "The teacher's rationales": "teacher",
    "Human rationales": "human",
    "None: leave the reference out": None,
}


def start(run: RunView) -> None:
    """Show whose rationales can stand for good ones, and the button that asks again."""
    with open_workspace() as session:
        counts = count_references(session, run.dataset) if run.dataset else {}
    st.caption(
        f"Test questions with a teacher's rationale: {counts.get(Origin.TEACHER, 0):,}; with a "
        f"human one: {counts.get(Origin.HUMAN, 0):,}."
    )
    choice = st.segmented_control(
        "Reference rationale",
        list(REFERENCES),
        default=_first_filled(counts),
        key="attribution_reference",
    )
    reference = REFERENCES[choice] if choice else None
    if reference is None or not counts.get(Origin(reference)):
        st.warning(
            "Without reference rationales on the test questions it cannot be told whether a "
            "better rationale would have helped: the rationale's and the answering's fault stay "
            "one heap. Unparsable and unsteady answers are told all the same.",
            icon=":material/info:",
        )
    st.button(
        "Ask the answering stage again",
        type="primary",
        on_click=_start,
        args=(AttributionConfig(run=run.id, reference=reference),),
    )
    started = st.session_state.pop("attribution_started", None)
    if started is not None:
        st.success(f"Run {started} asks the answering stage again.", icon=":material/check:")
        st.page_link(links.RUNS, label="Follow it", query_params={"run": str(started)})


def _first_filled(counts: Mapping[Origin, int]) -> str:
    """Return the choice to open on: the first whose rationales there are, else to go without."""
    return next(
        (title for title, origin in REFERENCES.items() if not origin or counts.get(Origin(origin))),
        next(iter(REFERENCES)),
    )


def _start(config: AttributionConfig) -> None:
    with errors_shown(), open_workspace() as workspace:
        st.session_state["attribution_started"] = workspace.start(current_actor(), config)


def show(run: RunView) -> None:
    """Show the run's errors by fault and read them one by one."""
    with open_workspace() as session:
        found = attribute_errors(session, run.id)
    with st.expander("Ask again with other rationales", expanded=not found.was_run):
        start(run)
    show_variants(found)
    say_coverage(found)
    fault = choose_fault(found)
    question_id = choose_question(found.faults[fault])
    if question_id is not None:
        with open_workspace() as session:
            view = view_question(session, question_id, [run.id])
        show_question(view, [run.name])


st.title("Attribution")
predicted = predicted_runs()
runs = [run for run in predicted if is_two_stage(run)]
if runs:
    with errors_shown():
        show(choose_run("Sci-CoT run", "run", runs, default=runs[0].id))
elif predicted:
    st.info("Only a two-stage run's errors can be told apart: train Sci-CoT.")
    st.page_link(links.LAUNCH, label="Launch a Sci-CoT run")
