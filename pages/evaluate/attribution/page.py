"""The Attribution page: whose fault each error of a two-stage run is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Literal

import streamlit as st

from pages.evaluate.attribution.control import show_control
from pages.evaluate.attribution.faults import (
    choose_fault,
    say_coverage,
    show_variants,
    warn_of_reference,
)
from pages.evaluate.attribution.followed import show_followed
from pages.evaluate.question import show_question
from pages.evaluate.reader import choose_question
from pages.evaluate.runs import choose_run, predicted_runs
from pages.evaluate.students import offer_training
from pages.shared import links
from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import BY_DATABASE, current_actor, errors_shown
from pages.shared.next_step import show_next_step
from pages.shared.panel import show_unfinished
from pages.shared.press import press_button
from scicot.services.evaluation.attribution import (
    Attribution,
    SeedFlips,
    attribute_errors,
    attribute_seeds,
    is_two_stage,
)
from scicot.services.evaluation.question_view import view_question
from scicot.services.evaluation.results import results_state
from scicot.services.evaluation.what_if import can_answer
from scicot.services.predictions.store import count_answers
from scicot.services.rationales.references import count_references
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.configs import AttributionConfig
from scicot.words.records import Origin, RunKind
from scicot.words.runs import RunView

PLACE = "attribution"
REFERENCES: dict[str, Literal["teacher", "human"] | None] = {
    "The teacher's rationales": "teacher",
    "Human rationales": "human",
    "None: leave the reference out": None,
}


def start(run: RunView) -> None:
    """Show whose rationales can stand for good ones, and the button that asks again."""
    with open_workspace() as session:
        counts = count_references(session, run.id)
    st.caption(
        "Questions of this run with an approved rationale of a teacher: "
        f"{counts.get(Origin.TEACHER, 0):,}; of a person: {counts.get(Origin.HUMAN, 0):,}."
    )
    choice = links.link_choice(
        st.segmented_control,
        "Reference rationale",
        "reference",
        list(REFERENCES),
        default=_first_filled(counts),
        is_short=True,
    )
    reference = REFERENCES[choice]
    referenced = counts.get(Origin(reference), 0) if reference else 0
    only = False
    if referenced:
        only = st.checkbox(
            f"Ask only about the {referenced:,} questions that have one",
            key="only_referenced",
            help="The control needs no more. Of the others it is then not told who is right "
            "without a rationale.",
        )
    else:
        st.warning(
            "Without reference rationales on the run's questions it cannot be told whether a "
            "better rationale would have helped: the rationale's and the answering's fault stay "
            "one heap. What is unparsable, or right without a rationale, is told all the same.",
            icon=":material/info:",
        )
    press_button(
        "Ask the answering stage again",
        partial(_start, AttributionConfig(run=run.id, reference=reference, only_referenced=only)),
        type="primary",
    )
    show_answer(PLACE)


def _first_filled(counts: Mapping[Origin, int]) -> str:
    """Return the choice to open on: the first whose rationales there are, else to go without."""
    return next(
        (title for title, origin in REFERENCES.items() if not origin or counts.get(Origin(origin))),
        next(iter(REFERENCES)),
    )


def _start(config: AttributionConfig) -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        workspace.start(current_actor(), config)


@st.cache_resource(
    max_entries=8, show_spinner=False, hash_funcs=BY_DATABASE | {RunView: lambda run: run.id}
)
def _load(
    workspace: Workspace, run: RunView, state: str, answers: int
) -> tuple[Attribution, SeedFlips | None]:
    """Keep what a run's errors come from while no run ends and no answer comes in.

    What is kept is frozen, so that sharing it is safe.
    """
    return attribute_errors(workspace, run.id), attribute_seeds(workspace, run)


def show(run: RunView) -> None:
    """Show the run's errors by fault and read them one by one."""
    with open_workspace() as workspace:
        attribution, seeds = _load(
            workspace, run, results_state(workspace), count_answers(workspace, run.id)
        )
        is_here = can_answer(workspace, run)
    with st.expander("Ask again with other rationales", expanded=not attribution.was_run):
        if is_here:
            start(run)
        else:
            offer_training(run, "to ask the answering stage again with other rationales")
    show_unfinished(RunKind.ATTRIBUTE, run.dataset, lambda asked: asked.attribution.run == run.id)
    show_variants(attribution)
    show_control(attribution, run.id, seeds)
    show_followed(attribution.followed)
    warn_of_reference(attribution)
    say_coverage(attribution)
    fault = choose_fault(attribution)
    question_id = choose_question(attribution.faults[fault])
    if question_id is not None:
        with open_workspace() as session:
            view = view_question(session, question_id, [run.id])
        show_question(view, [run.name])
        show_next_step(
            "Try another rationale by hand.",
            links.WHAT_IF,
            "What if",
            run=run.id,
            question=question_id,
        )


st.title("Attribution")
predicted = predicted_runs()
runs = [run for run in predicted if is_two_stage(run)]
if runs:
    with errors_shown():
        show(choose_run("Sci-CoT run", "run", runs, default=runs[0].id))
elif predicted:
    st.info("Only a two-stage run's errors can be told apart: train Sci-CoT.")
    st.page_link(links.LAUNCH, label="Launch a Sci-CoT run")
