"""Choosing the runs to look at; the link carries the choice."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from scicot.services.evaluation.comparison import list_predicted_runs
from scicot.services.workspace import open_workspace
from scicot.words.records import Method, RunView


def predicted_runs() -> list[RunView]:
    """Return the runs that have predictions, newest first; says what to do when there is none."""
    with open_workspace() as session:
        runs = list_predicted_runs(session)
    if not runs:
        st.info("No run has predictions yet.", icon=":material/science:")
        st.page_link("pages/train/launch/page.py", label="Launch a run first")
    return runs


def run_label(run: RunView) -> str:
    """Return how a run is listed: number, name, and dataset where the name does not say it."""
    dataset = run.dataset or "no dataset"
    return f"{run.id} · {run.name}" if dataset in run.name else f"{run.id} · {run.name} · {dataset}"


def link_number(key: str) -> int | None:
    """Return the number that the link carries under this key, None for none or another thing."""
    value = st.query_params.get(key, "")
    return int(value) if value.isdecimal() else None


def link_numbers(key: str) -> list[int]:
    """Return the numbers that the link carries under this key, parted by commas."""
    return [int(one) for one in st.query_params.get(key, "").split(",") if one.isdecimal()]


def choose_run(label: str, key: str, runs: Sequence[RunView], default: int) -> RunView:
    """Return the chosen run, kept in the link under `key`."""
    by_id = {run.id: run for run in runs}
    wanted = link_number(key)
    if wanted not in by_id:
        if wanted is not None:
            st.warning(f"Run {wanted} is not among these; run {default} is shown instead.")
        wanted = default
        st.query_params[key] = str(default)
    widget = f"{key}_chosen"
    st.session_state[widget] = wanted
    chosen = st.selectbox(
        label,
        list(by_id),
        key=widget,
        format_func=lambda run_id: run_label(by_id[run_id]),
        on_change=_remember,
        args=(key, widget),
    )
    return by_id[chosen]


def _remember(key: str, widget: str) -> None:
    st.query_params[key] = str(st.session_state[widget])


def default_pair(runs: Sequence[RunView]) -> tuple[int, int] | None:
    """Return the pair to open on: the newest Sci-CoT and one-stage runs of one dataset.

    Where there is no such pair, the newest two of one dataset; None where every run is alone.
    """
    by_dataset: dict[str | None, list[RunView]] = {}
    for run in runs:
        by_dataset.setdefault(run.dataset, []).append(run)
    several = [group for group in by_dataset.values() if len(group) > 1]
    for group in several:
        newest = {run.method: run.id for run in reversed(group)}
        if Method.SCI_COT in newest and Method.ONE_STAGE in newest:
            return newest[Method.SCI_COT], newest[Method.ONE_STAGE]
    return (several[0][0].id, several[0][1].id) if several else None
