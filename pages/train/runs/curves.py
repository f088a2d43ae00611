"""Curves of one or several runs: faint as measured, strong as smoothed, validation as points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from pages.shared.palette import run_scale, show_chart, whole_axis
from scicot.pure.runs.smoothing import smooth
from scicot.services.runs.runs import MetricPoint, list_metrics
from scicot.services.students.watcher import DECIDING_LOSS, REST_LOSS
from scicot.services.workspace import open_workspace
from scicot.words.runs import RunView

# what a curve is called; the last two are parts of the loss, apart where one run is shown
DECIDING, REST = "of the deciding words", "of the other words"
KINDS = {
    "loss": "training",
    "validation_loss": "validation",
    DECIDING_LOSS: DECIDING,
    REST_LOSS: REST,
}
FEW = 60  # points that are drawn one by one


def show_curves(runs: Sequence[RunView], *, key: str) -> bool:
    """Show the losses of these runs in one chart; return whether there was anything to show."""
    with open_workspace() as session:
        points = {run.id: list_metrics(session, run.id) for run in runs}
    rows, borders = _lay_out(runs, points)
    if not rows:
        return False
    share = st.slider(
        "Smoothing",
        0.0,
        0.95,
        0.6 if len(rows) > FEW else 0.0,
        0.05,
        key=f"smoothing_{key}",
        persist_state="session",
        help="How much of each point is what came before it; the faint line is as measured.",
    )
    frame = pd.DataFrame(rows)
    frame["smoothed"] = frame.groupby(["run", "kind", "stage"])["loss"].transform(
        lambda values: smooth(list(values), share)
    )
    show_chart(_draw(frame, borders, [_label(run) for run in runs], share), height=280)
    return True


def _label(run: RunView) -> str:
    return f"{run.id} · {run.name}"[:60]


def _lay_out(
    runs: Sequence[RunView], points: Mapping[int, Sequence[MetricPoint]]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return each run's losses on one line of steps, and where each of its stages begins."""
    rows: list[dict[str, object]] = []
    borders: list[dict[str, object]] = []
    for run in runs:
        starts: dict[str, int] = {}
        last = 0
        for point in points[run.id]:
            if point.name not in KINDS:
                continue
            if point.stage not in starts:
                starts[point.stage] = last
                borders.append({"run": _label(run), "stage": point.stage, "step": last})
            step = starts[point.stage] + point.step
            last = max(last, step)
            rows.append(
                {
                    "run": _label(run),
                    "step": step,
                    "loss": point.value,
                    "stage": point.stage,
                    "kind": KINDS[point.name],
                }
            )
    return rows, borders


def _draw(
    frame: pd.DataFrame,
    borders: Sequence[Mapping[str, object]],
    labels: Sequence[str],
    share: float,
) -> alt.LayerChart:
    trained = frame[frame["kind"] == "training"]
    checked = frame[frame["kind"] == "validation"]
    color = alt.Color("run:N", scale=run_scale(labels), sort=list(labels))
    x = alt.X("step:Q", axis=whole_axis("optimizer steps, all stages"))
    scale = alt.Scale(zero=False)
    tip = [
        alt.Tooltip("run:N"),
        alt.Tooltip("stage:N"),
        alt.Tooltip("step:Q", format=",d"),
        alt.Tooltip("loss:Q", format=".4f"),
    ]
    y_title = "loss (nats a token)"
    layers: list[alt.Chart] = []
    base = alt.Chart(trained).encode(x=x, color=color, detail="stage:N")
    if share:
        y = alt.Y("loss:Q", title=y_title, scale=scale)
        layers.append(base.mark_line(opacity=0.25, strokeWidth=1).encode(y=y))
    y = alt.Y("smoothed:Q", title=y_title, scale=scale)
    line = base.mark_line(strokeWidth=2, point=len(trained) < FEW)
    layers.append(line.encode(y=y, tooltip=tip))
    parts = frame[frame["kind"].isin((DECIDING, REST))]
    if len(labels) == 1 and len(parts):
        y = alt.Y("smoothed:Q", title=y_title, scale=scale)
        dash = alt.StrokeDash(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=[DECIDING, REST], range=[[2, 2], [8, 4]]),
            legend=alt.Legend(orient="bottom"),
        )
        chart = alt.Chart(parts).mark_line(strokeWidth=1.5)
        layers.append(
            chart.encode(x=x, y=y, color=color, strokeDash=dash, detail="stage:N", tooltip=tip)
        )
    if len(checked):
        y = alt.Y("loss:Q", title=y_title, scale=scale)
        points = alt.Chart(checked).mark_point(size=70, filled=True, shape="diamond")
        layers.append(points.encode(x=x, y=y, color=color, tooltip=tip))
    later = [border for border in borders if border["step"]]
    first_run = [border for border in borders if border["run"] == labels[0]]
    if len(labels) == 1 and len(first_run) > 1:
        marks = alt.Chart(pd.DataFrame(first_run)).encode(x="step:Q")
        layers.append(
            marks.mark_text(align="left", dx=4, dy=10, opacity=0.8, y=0).encode(text="stage:N")
        )
    if later:
        rules = alt.Chart(pd.DataFrame(later)).mark_rule(strokeDash=[4, 4], opacity=0.6)
        layers.append(rules.encode(x="step:Q", color=color, tooltip=["run:N", "stage:N"]))
    return alt.layer(*layers)
