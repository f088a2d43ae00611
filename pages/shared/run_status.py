"""How a run looks while it goes and when it is over: status, progress, curves, log, actions."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.teacher_run import show_teacher_totals
from scicot.services.queue import tend_queue
from scicot.services.runs import (
    RESUMABLE,
    MetricPoint,
    get_run,
    list_metrics,
    list_runs,
    move_to_front,
    read_log,
    request_cancel,
    resume_run,
)
from scicot.services.workspace import open_workspace
from scicot.words.records import RunKind, RunStatus, RunView
from scicot.words.settings import get_settings

BADGES = {
    RunStatus.QUEUED: ("gray", ":material/hourglass_empty:"),
    RunStatus.STARTING: ("blue", ":material/play_arrow:"),
    RunStatus.RUNNING: ("blue", ":material/autorenew:"),
    RunStatus.DONE: ("green", ":material/check:"),
    RunStatus.FAILED: ("red", ":material/error:"),
    RunStatus.CANCELLED: ("orange", ":material/cancel:"),
    RunStatus.LOST: ("red", ":material/link_off:"),
}


def load_runs() -> list[RunView]:
    """Return the newest runs, after starting whatever waits and has a slot."""
    with open_workspace() as session:
        tend_queue(session, get_settings())
        return list_runs(session)


def show_run(run_id: int) -> None:
    """Show one run whole; it refreshes itself every two seconds until the run is over."""
    with open_workspace() as session:
        is_over = get_run(session, run_id).status.is_finished
    st.fragment(_show_live, run_every=None if is_over else "2s")(run_id, was_over=is_over)


def _show_live(run_id: int, *, was_over: bool) -> None:
    with errors_shown(), open_workspace() as session:
        tend_queue(session, get_settings())
        run = get_run(session, run_id)
        points = list_metrics(session, run_id)
        log = read_log(session, get_settings(), run_id)
    color, icon = BADGES[run.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(run.status.value, color=color, icon=icon)
        st.text(f"Run {run.id}: {run.name}")
    if run.error:
        st.error(run.error, icon=":material/error:")
    elif run.status is RunStatus.LOST:
        st.warning("Its worker has not been heard of for 30 s. Resume goes on from what is whole.")
    if run.kind in (RunKind.GENERATE, RunKind.FEW_SHOT):
        show_teacher_totals(run)
    elif run.progress_total:
        share = min(1.0, run.progress_done / run.progress_total)
        st.progress(share, f"{run.message} {run.progress_done:,} of {run.progress_total:,}")
    elif run.message:
        st.caption(run.message)
    _show_actions(run)
    _show_curves(points)
    _show_result(run)
    with st.expander("Log", icon=":material/notes:"):
        st.code(log[-20_000:] or "Nothing yet.", language=None, wrap_lines=True, height=300)
    with st.expander("Settings, versions and hash", icon=":material/settings:"):
        st.json(
            {
                "config": dict(run.config),
                "config_hash": run.config_hash,
                "code_version": run.code_version,
                "packages": dict(run.packages),
                "by": run.actor,
            }
        )
    if run.status.is_finished and not was_over:
        st.rerun()  # stops the refreshing


def _show_actions(run: RunView) -> None:
    with st.container(horizontal=True):
        active = run.status in (RunStatus.STARTING, RunStatus.RUNNING, RunStatus.QUEUED)
        if active and not run.cancel_requested:
            st.button("Cancel", icon=":material/stop:", on_click=_cancel, args=(run.id,))
        if run.status is RunStatus.QUEUED:
            st.button(
                "Start next", icon=":material/vertical_align_top:", on_click=_front, args=(run.id,)
            )
        if run.status in RESUMABLE:
            st.button("Resume", icon=":material/play_arrow:", on_click=_resume, args=(run.id,))


def _cancel(run_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        request_cancel(session, current_actor(), run_id)


def _resume(run_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        resume_run(session, current_actor(), run_id)
        tend_queue(session, get_settings())


def _front(run_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        move_to_front(session, current_actor(), run_id)


def _show_curves(points: list[MetricPoint]) -> None:
    """Show every stage's loss on one time line, in the order they were trained."""
    rows: list[dict[str, object]] = []
    starts: dict[str, int] = {}
    last = 0
    for point in points:
        if point.name in ("loss", "validation_loss"):
            x = starts.setdefault(point.stage, last) + point.step
            last = max(last, x)
            kind = point.name.replace("_", " ")
            rows.append({"step": x, "loss": point.value, "stage": point.stage, "kind": kind})
    if not rows:
        return
    chart = alt.Chart(pd.DataFrame(rows)).mark_line(point=len(rows) < 60)
    st.altair_chart(
        chart.encode(
            x=alt.X("step:Q", title="optimizer steps, all stages"),
            y=alt.Y("loss:Q", title="loss (nats a token)", scale=alt.Scale(zero=False)),
            color=alt.Color("stage:N", title="stage", sort=list(starts)),
            strokeDash=alt.StrokeDash("kind:N", title=None),
        ).properties(height=240)
    )


def _show_result(run: RunView) -> None:
    metrics = run.result.get("metrics") if run.result else None
    if not isinstance(metrics, dict):
        return
    shown = {key: value for key, value in metrics.items() if isinstance(value, int | float)}
    for column, (name, value) in zip(st.columns(max(1, len(shown))), shown.items(), strict=False):
        text = f"{value:.1%}" if "accuracy" in name else f"{value:,.4g}"
        column.metric(name.replace("_", " "), text)
