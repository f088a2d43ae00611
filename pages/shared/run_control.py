"""What every view of a run shares: it refreshes itself, says where it stands, takes orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from pages.shared.answers import answered_at, show_answer
from pages.shared.badge_colors import Color
from pages.shared.frame import current_actor, errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import move_to_front
from scicot.services.workspace import open_workspace
from scicot.words.records import ASKING, ENDED_BADLY, RunStatus
from scicot.words.runs import RunView

BADGES: Mapping[RunStatus, tuple[Color, str]] = {
    RunStatus.QUEUED: ("gray", ":material/hourglass_empty:"),
    RunStatus.STARTING: ("blue", ":material/play_arrow:"),
    RunStatus.RUNNING: ("blue", ":material/autorenew:"),
    RunStatus.DONE: ("green", ":material/check:"),
    RunStatus.FAILED: ("red", ":material/error:"),
    RunStatus.CANCELLED: ("orange", ":material/cancel:"),
    RunStatus.LOST: ("red", ":material/link_off:"),
}


def show_while_it_runs(run_id: int, show: Callable[[RunView], None]) -> None:
    """Show a run by `show`, anew every two seconds until it is over; the queue is tended."""
    with open_workspace() as session:
        is_over = get_run(session, run_id).status.is_finished

    def show_now() -> None:
        with errors_shown(), open_workspace() as workspace:
            workspace.tend()
            run = get_run(workspace, run_id)
        show(run)
        if run.status.is_finished and not is_over:
            st.rerun()  # stops the refreshing

    st.fragment(show_now, run_every=None if is_over else "2s")()


def show_headline(run: RunView) -> None:
    """Show the run's status and name, and what went wrong if something did."""
    color, icon = BADGES[run.status]
    said = run.status.value
    missing = run.result.get("failed")
    if run.status is RunStatus.DONE and isinstance(missing, int) and missing:
        color, icon, said = "orange", ":material/rule:", f"{said}, {missing:,} missing"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(said, color=color, icon=icon)
        st.text(f"Run {run.id}: {run.name}")
    if run.error and run.status is RunStatus.CANCELLED:
        st.caption(escape_markdown(run.error))  # a person's own wish is no error
    elif run.error:
        st.error(escape_markdown(run.error), icon=":material/error:")
    elif run.status is RunStatus.LOST:
        st.warning("Its worker has not been heard of for 25 s. Resume goes on from what is whole.")


def show_orders(run: RunView) -> None:
    """Show the buttons that the run's status allows."""
    if not run.status.is_finished and run.status is not RunStatus.LOST:
        with st.popover(
            "Cancel",
            icon=":material/stop:",
            disabled=run.cancel_requested,
            key=f"cancel_{run.id}",
        ):
            st.text(f"Run {run.id}: {run.name}")
            st.caption(_say_loss(run))
            st.button(
                f"Cancel run {run.id}",
                type="primary",
                key=f"cancel_now_{run.id}",
                on_click=_cancel,
                args=(run.id,),
            )
    if run.status is RunStatus.QUEUED:
        st.button(
            "Start next", icon=":material/vertical_align_top:", on_click=_front, args=(run.id,)
        )
    if run.status in ENDED_BADLY:
        st.button("Resume", icon=":material/play_arrow:", on_click=_resume, args=(run.id,))
    show_answer(_place(run.id))


def _say_loss(run: RunView) -> str:
    """Return what would be lost with the run."""
    if run.status is RunStatus.QUEUED:
        return "It has not begun: nothing is lost. Resume puts it back into the queue."
    if run.kind in ASKING and not run.may_pay:
        return (
            "What is stored is kept. Resume asks for the rest; the starter teacher costs nothing."
        )
    if run.may_pay:
        return (
            "What is stored is kept. Calls on their way are waited for; those that are cut off "
            "may have been charged. Resume asks for the rest."
        )
    return (
        "Finished parts are kept. The part under way goes back to its last checkpoint. Resume goes "
        "on from there."
    )


def _place(run_id: int) -> str:
    return f"orders of run {run_id}"


def _cancel(run_id: int) -> None:
    with answered_at(_place(run_id)), open_workspace() as session:
        session.cancel(current_actor(), run_id)


def _resume(run_id: int) -> None:
    with answered_at(_place(run_id)), open_workspace() as workspace:
        workspace.resume(current_actor(), run_id)


def _front(run_id: int) -> None:
    with answered_at(_place(run_id)), open_workspace() as session:
        move_to_front(session, current_actor(), run_id)
