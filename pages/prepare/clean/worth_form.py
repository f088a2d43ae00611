"""The way to have rationales measured: by which student, with a control or without."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import current_actor, errors_shown
from pages.shared.panel import show_unfinished
from pages.shared.press import press_button
from scicot.services.evaluation.what_if import can_answer
from scicot.services.runs.runs import list_runs
from scicot.services.workspace import open_workspace
from scicot.services.worth.run import count_unmeasured
from scicot.words.configs import PAPER_STUDENT, STARTER_STUDENT, WorthConfig
from scicot.words.records import RunKind, RunStatus

PLACE = "worth"
UNTRAINED = {
    STARTER_STUDENT: "the starter student as it is",
    PAPER_STUDENT: "the paper's student as it is (needs the Hugging Face hub)",
}
CONTROLS = 60  # pairs that tell an AUC of 0.6 from 0.5 and take as long as 180 rationales more


def show_form(dataset: str) -> None:
    """Show which of the students that are here measures, and the button."""
    with open_workspace() as session:
        done = list_runs(session, kinds=[RunKind.TRAIN], statuses=[RunStatus.DONE], limit=50)
        runs = [run for run in done if can_answer(session, run)]
    names = {run.id: f"run {run.id}: {run.name}" for run in runs} | UNTRAINED
    first, second = st.columns([3, 1], vertical_alignment="bottom")
    by = first.selectbox(
        "Measure by",
        [*names],
        format_func=lambda student: names[student],
        key="worth_by",
        persist_state="session",
        help="The student that answers. What a run trained on is judged by students trained "
        "anew without it, which takes as long as the run's answering stage once more.",
    )
    control = second.toggle(
        "With a control",
        key="worth_control_asked",
        persist_state="session",
        help=f"{CONTROLS} approved rationales of each source are measured broken as well: another "
        "question's, sentences in another order, the key's words blanked.",
    )
    config = WorthConfig(
        dataset=dataset,
        run=by if isinstance(by, int) else None,
        student=by if isinstance(by, str) else PAPER_STUDENT,
        control=CONTROLS if control else 0,
    )
    with errors_shown():
        with open_workspace() as session:
            count = count_unmeasured(session, config)
        press_button(
            f"Measure {count:,} rationales" if count or not control else "Measure the control",
            partial(_start, config),
            icon=":material/balance:",
            key="worth_start",
            disabled=not count and not control,
            help="Those that this student has not measured yet.",
        )
    show_answer(PLACE)
    show_unfinished(RunKind.WORTH, dataset)


def _start(config: WorthConfig) -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        workspace.start(current_actor(), config)
