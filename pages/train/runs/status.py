"""How a run looks while it goes and when it is over: status, progress, curves, log, actions."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from pages.shared.run_control import show_headline, show_orders, show_while_it_runs
from pages.shared.teacher_run import show_teacher_totals
from pages.train.clone import link_to_clone
from scicot.pure.markdown import escape_markdown
from scicot.pure.runs.durations import say_duration
from scicot.pure.runs.logs import find_cause
from scicot.pure.statistics import wilson_interval
from scicot.services.runs.parts import PartView, list_parts
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import MetricPoint, list_metrics, list_runs, read_log
from scicot.services.workspace import open_workspace
from scicot.words.records import RunKind, RunStatus
from scicot.words.runs import RunView

COUNTED = {"accuracy": "correct", "option_accuracy": "option_correct"}  # a share: its count


def load_runs() -> list[RunView]:
    """Return the newest runs, after starting whatever waits and has a slot."""
    with open_workspace() as workspace:
        workspace.tend()
        return list_runs(workspace)


def show_run(run_id: int) -> None:
    """Show one run whole; it refreshes itself every two seconds until the run is over."""
    show_while_it_runs(run_id, _show)


def _show(run: RunView) -> None:
    with open_workspace() as session:
        points = list_metrics(session, run.id)
        parts = list_parts(session, run.id)
        queue = list_queue(session) if run.status is RunStatus.QUEUED else []
        log = read_log(session, session.settings, run.id)
    message = escape_markdown(run.message)
    show_headline(run)
    cause = find_cause(log) if run.status in (RunStatus.FAILED, RunStatus.LOST) else None
    if cause:
        st.code(cause, language=None, wrap_lines=True)
    if run.kind in (RunKind.GENERATE, RunKind.FEW_SHOT):
        show_teacher_totals(run)
    elif run.id in queue:
        place = f"Number {queue.index(run.id) + 1} of {len(queue)} that wait."
        st.caption(f"{place} {message}")
    elif run.progress_total:
        share = min(1.0, run.progress_done / run.progress_total)
        st.progress(share, f"{message} {run.progress_done:,} of {run.progress_total:,}")
    elif message:
        st.caption(message)
    with st.container(horizontal=True, vertical_alignment="center"):
        show_orders(run)
        link_to_clone(run)
    _show_curves(points)
    _show_result(run)
    _show_parts(parts)
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
            strokeDash=alt.StrokeDash("kind:N", title=None, legend=_legend(rows)),
        ).properties(height=240)
    )


def _legend(rows: list[dict[str, object]]) -> alt.Legend | None:
    """Return how lines are told apart, where there is more than one kind of loss."""
    return alt.Legend() if len({row["kind"] for row in rows}) > 1 else None


def _show_result(run: RunView) -> None:
    metrics = run.metrics
    if metrics is None:
        return
    figures = {key: value for key, value in metrics.items() if isinstance(value, int | float)}
    questions = int(figures.get("questions", 0))
    with st.container(horizontal=True, gap="large"):
        for name, value in figures.items():
            count = figures.get(COUNTED.get(name, ""))
            if count is not None:
                _show_share(name, int(count), questions)
            elif name not in COUNTED.values():
                text = f"{value:.1%}" if "accuracy" in name else f"{value:,.4g}"
                st.metric(name.replace("_", " "), text, width="content")


def _show_share(name: str, count: int, questions: int) -> None:
    interval = wilson_interval(count, questions)
    st.metric(
        name.replace("_", " "),
        f"{count / questions:.1%}" if questions else "none",
        interval.to_words(".1f") if interval else None,
        delta_color="off",
        delta_arrow="off",
        help=f"{count:,} of {questions:,} correct; below, the 95 % interval (Wilson).",
        width="content",
    )


def _show_parts(parts: list[PartView]) -> None:
    """Show what each part that is over cost; a stage that was there already cost nothing."""
    if not parts:
        return
    st.dataframe(
        [
            {
                "part": part.name,
                "time": "0, reused" if part.reused else say_duration(part.seconds),
                "memory held": f"{part.peak_memory_bytes / 1e9:.1f} GB",
                "pace": f"{part.tokens_per_second:,.0f} tokens/s" if part.tokens_per_second else "",
            }
            for part in parts
        ],
        hide_index=True,
        width="content",
        column_config={
            "memory held": st.column_config.TextColumn(
                help="The most that the run's process had held by the end of this part."
            )
        },
    )
