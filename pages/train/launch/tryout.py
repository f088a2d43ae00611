"""How long a run would take: a try-out of the student, in the background, to be cancelled."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import current_actor
from pages.shared.panel import show_progress
from pages.shared.press import press_button
from pages.shared.run_control import show_while_it_runs
from scicot.pure.hashing import content_hash
from scicot.pure.markdown import escape_markdown
from scicot.services.runs.runs import list_runs
from scicot.services.runs.steering import request_cancel
from scicot.services.workspace import open_workspace
from scicot.words.configs import EstimateConfig, TrainingConfig
from scicot.words.records import UNDER_WAY, RunKind
from scicot.words.runs import RunView

PLACE = "tryout"


def show_tryout(config: TrainingConfig, *, is_known: bool) -> None:
    """Show the button that tries the student, or how far the try-out is."""
    run = _newest(config)
    if run is not None and run.status in UNDER_WAY:
        show_while_it_runs(run.id, _show)
        return
    if run is not None and run.error:
        st.caption(escape_markdown(f"The last try-out ended: {run.error}"))
    press_button(
        "Try again" if is_known else "Try ten steps to know the time",
        partial(_start, config),
        icon=":material/timer:",
        key="check_time",
        type="tertiary" if is_known else "secondary",
        help="Takes a minute or more, in the background; the result is remembered.",
    )
    show_answer(PLACE)


def _newest(config: TrainingConfig) -> RunView | None:
    """Return the newest try-out of this student for these settings."""
    wanted = _settings(config).model_dump(mode="json")
    with open_workspace() as session:
        runs = list_runs(session, kinds=[RunKind.ESTIMATE], limit=20)
    same = content_hash(wanted)
    return next((run for run in runs if content_hash(dict(run.config)) == same), None)


def _settings(config: TrainingConfig) -> EstimateConfig:
    return EstimateConfig(
        dataset=config.dataset, student=config.student, training=config.model_dump(mode="json")
    )


def _show(run: RunView) -> None:
    show_progress(run)
    st.button(
        f"Cancel the try-out of run {run.id}",
        icon=":material/stop:",
        key=f"cancel_tryout_{run.id}",
        disabled=run.cancel_requested,
        on_click=_cancel,
        args=(run.id,),
        help="Nothing is lost but the minutes it has taken.",
    )


def _start(config: TrainingConfig) -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        workspace.start(current_actor(), _settings(config))


def _cancel(run_id: int) -> None:
    with answered_at(PLACE), open_workspace() as session:
        request_cancel(session, current_actor(), run_id)
