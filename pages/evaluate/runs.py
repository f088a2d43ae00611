"""Choosing the runs to look at; the link carries the choice."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared import links
from pages.shared.palette import RUN_COLORS, color_of_method
from scicot.services.evaluation.comparison import list_predicted_runs
from scicot.services.workspace import open_workspace
from scicot.words.records import RunStatus
from scicot.words.runs import RunView


def predicted_runs() -> list[RunView]:
    """Return the runs that have predictions, newest first; says what to do when there is none."""
    with open_workspace() as session:
        runs = list_predicted_runs(session)
    if not runs:
        st.info("No run has predictions yet.", icon=":material/science:")
        st.page_link(links.LAUNCH, label="Launch a run first")
    return runs


def run_label(run: RunView) -> str:
    """Return how a run is listed: number, name, dataset where the name lacks it, and split.

    Of one that is not done, or is archived, that is said too.
    """
    dataset = run.dataset or "no dataset"
    where = [] if dataset in run.name else [dataset]
    state = [] if run.status is RunStatus.DONE else [run.status.value]
    laid_aside = ["archived"] if run.archived_at else []
    return " · ".join([str(run.id), run.name, *where, run.split.value, *state, *laid_aside])


def number_runs(runs: Sequence[RunView]) -> list[str]:
    """Return what each run is called beside others: its number, never a letter as options have."""
    return [f"run {run.id}" for run in runs]


def run_colors(runs: Sequence[RunView]) -> list[str]:
    """Return each run's colour: its method's, or a run's own where a method stands there twice."""
    methods = [run.method for run in runs]
    if None not in methods and len(set(methods)) == len(methods):
        return [color_of_method(method) for method in methods]
    return [RUN_COLORS[place % len(RUN_COLORS)] for place in range(len(runs))]


def choose_run(label: str, key: str, runs: Sequence[RunView], default: int) -> RunView:
    """Return the chosen run, kept in the link under `key`."""
    by_id = {run.id: run for run in runs}
    links.take_name(key, ((run.name, run.id) for run in by_id.values()))
    chosen = links.link_choice(
        st.selectbox,
        label,
        key,
        list(by_id),
        default=default,
        say=lambda run_id: run_label(by_id[run_id]),
        clears=("question",),
    )
    return by_id[chosen]
