"""Runs whose students are not on this machine: what to do about it, and the press that does it."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.frame import current_actor, errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.services.training.cloning import clone_config
from scicot.services.workspace import open_workspace
from scicot.words.people import role_needed
from scicot.words.records import RunKind
from scicot.words.runs import RunView

STARTED = "students_started"


def offer_training(run: RunView, what_for: str) -> None:
    """Show that a run's students are not here, and a button that trains them again.

    The same settings give the same student; `what_for` follows "Its students are needed".
    """
    started = st.session_state.pop(STARTED, None)
    if started is not None:
        st.success(f"Queued as run {started}. When it is done, choose it here.")
        st.page_link(
            links.RUNS,
            label=f"Watch run {started}",
            icon=":material/monitoring:",
            query_params={"run": str(started)},
        )
        return
    name = escape_markdown(f"{run.id} · {run.name}")
    missing = (
        f"The students of {name} are not on this machine. They are needed {what_for}."
        if run.kind is RunKind.TRAIN
        else f"{name} trained no student that could be asked: one is needed {what_for}."
    )
    st.info(missing, icon=":material/science:")
    if run.kind is not RunKind.TRAIN:
        st.page_link(links.LAUNCH, label="Train one", icon=":material/model_training:")
    elif current_actor().role.reaches(role_needed(links.LAUNCH)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Train this one here",
                type="primary",
                icon=":material/model_training:",
                help="The same settings on this machine, as a run of its own.",
                on_click=_train,
                args=(run.id,),
            )
            st.page_link(
                links.LAUNCH,
                label="See its settings and how long it takes first",
                query_params={"like": str(run.id), "dataset": str(run.dataset)},
            )


def _train(run_id: int) -> None:
    with errors_shown(), open_workspace() as workspace:
        config = clone_config(workspace, run_id, {})
        st.session_state[STARTED] = workspace.start(current_actor(), config)
