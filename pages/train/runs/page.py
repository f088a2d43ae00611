"""Runs: what is going, what waits, what is over, and one of them whole."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.frame import errors_shown
from pages.train.clone import show_differences
from pages.train.runs.status import load_runs, show_run
from pages.train.runs.table import show_runs_table
from scicot.services.runs.queue import list_queue
from scicot.services.workspace import open_workspace
from scicot.words.records import RunKind, RunStatus
from scicot.words.runs import RunView


def _label(run: RunView) -> str:
    progress = f", {run.progress_done}/{run.progress_total}" if run.progress_total else ""
    return f"{run.id}: {run.name} ({run.status.value}{progress})"


def _show_next(run: RunView) -> None:
    """Show what there is to do with a run that is done."""
    if run.status is not RunStatus.DONE or run.kind is not RunKind.TRAIN:
        return
    with st.container(horizontal=True):
        st.page_link(links.COMPARE, label="Compare it", query_params={"a": str(run.id)})
        st.page_link(links.INSPECT, label="Read its answers", query_params={"runs": str(run.id)})
        st.page_link(links.WHAT_IF, label="Ask it: what if", query_params={"run": str(run.id)})


st.title("Runs")
runs = load_runs()
if not runs:
    st.info("Nothing has been started yet.", icon=":material/play_arrow:")
    st.page_link(links.GENERATE, label="Generate rationales")
    st.page_link(links.LAUNCH, label="Train a student")
else:
    with open_workspace() as session:
        places = {run_id: place for place, run_id in enumerate(list_queue(session), 1)}
    show_runs_table(runs, places)
    by_id = {run.id: run for run in runs}
    links.take_name("run", ((run.name, run.id) for run in by_id.values()))
    chosen = links.link_choice(
        st.selectbox, "Run", "run", list(by_id), say=lambda run_id: _label(by_id[run_id])
    )
    with errors_shown():
        show_run(chosen)
    _show_next(by_id[chosen])
    with st.expander("What differs from another run", icon=":material/difference:"):
        show_differences(by_id[chosen], runs)
