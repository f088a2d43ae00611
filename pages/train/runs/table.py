"""All runs in one table: how each stands and what it came to; a row opens the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.shared import links
from scicot.pure.runs.durations import say_duration
from scicot.pure.statistics import wilson_interval
from scicot.words.runs import RunView

TABLE = "runs_table"


def show_runs_table(runs: Sequence[RunView], places: Mapping[int, int]) -> None:
    """Show the runs, newest first; choosing a row puts its run into the link."""
    st.dataframe(
        [_row(run, places.get(run.id)) for run in runs],
        hide_index=True,
        height=min(35 * (len(runs) + 1) + 3, 260),
        key=TABLE,
        on_select=lambda: _open(runs),
        selection_mode="single-row",
        column_config={
            "created": st.column_config.DatetimeColumn(format="distance"),
            "correct": st.column_config.TextColumn(help="With its 95 % interval (Wilson)."),
        },
    )


def _row(run: RunView, place: int | None) -> dict[str, object]:
    return {
        "run": run.id,
        "state": f"waits, number {place}" if place else run.status.value,
        "what": run.name,
        "done": f"{run.progress_done:,} of {run.progress_total:,}" if run.progress_total else "",
        "correct": _accuracy(run),
        "took": _time(run),
        "dataset": run.dataset,
        "by": run.actor,
        "created": run.created_at,
        "message": run.error or run.message,
    }


def _accuracy(run: RunView) -> str:
    metrics = run.metrics or {}
    correct, questions = metrics.get("correct"), metrics.get("questions")
    if not isinstance(correct, int) or not isinstance(questions, int) or not questions:
        return ""
    interval = wilson_interval(correct, questions)
    bounds = f" {interval.in_brackets()}" if interval else ""
    return f"{correct / questions:.1%}{bounds} of {questions:,}"


def _time(run: RunView) -> str:
    if run.started_at is None or run.finished_at is None:
        return ""
    return say_duration((run.finished_at - run.started_at).total_seconds())


def _open(runs: Sequence[RunView]) -> None:
    rows = st.session_state[TABLE].selection.rows
    if rows and rows[0] < len(runs):
        links.choose("run", runs[rows[0]].id)
