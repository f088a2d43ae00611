"""Runs: all of them in a table; a row opens one, ticks lay several over each other."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.frame import errors_shown
from pages.train.clone import show_differences
from pages.train.outcome import show_next
from pages.train.runs.filters import choose_filters
from pages.train.runs.overlay import show_overlay
from pages.train.runs.status import show_run
from pages.train.runs.table import TICKED, show_live_table
from scicot.pure.markdown import escape_markdown
from scicot.services.runs.runs import get_run, list_runs
from scicot.services.workspace import open_workspace
from scicot.words.errors import NotFound
from scicot.words.runs import RunView

ONE, SEVERAL = "The opened run", "The ticked runs"


def _opened(runs: list[RunView]) -> RunView | None:
    """Return the run that the link names, wherever it is listed; else the newest one."""
    links.take_name("run", ((run.name, run.id) for run in runs))
    asked = links.link_number("run")
    newest = runs[0] if runs else None
    if asked is None:
        return newest
    try:
        with open_workspace() as session:
            return get_run(session, asked)
    except NotFound:
        shown = f"; {escape_markdown(newest.name)} is shown instead" if newest else ""
        st.warning(
            f"The link names run {asked}, which is not here{shown}.", icon=":material/link_off:"
        )
        return newest


def _show_below(opened: RunView | None, ticked: list[RunView], runs: list[RunView]) -> None:
    views = [ONE, SEVERAL] if ticked else [ONE]
    asked = st.session_state.pop("runs_view_asked", None)
    if asked in views:
        st.session_state["runs_view"] = asked
    elif st.session_state.get("runs_view") not in views:
        st.session_state["runs_view"] = ONE
    view = st.segmented_control(
        "Shown below", views, key="runs_view", label_visibility="collapsed", required=True
    )
    if view == SEVERAL:
        show_overlay(ticked)
    elif opened is not None:
        with errors_shown():
            show_run(opened.id)
        show_next(opened)
        with st.expander("What differs from another run", icon=":material/difference:"):
            show_differences(opened, runs)


st.title("Runs", anchor=False)
with open_workspace() as workspace:
    workspace.tend()
    everything = list_runs(workspace)
if not everything:
    st.info("Nothing has been started yet.", icon=":material/play_arrow:")
    st.page_link(links.GENERATE, label="Generate rationales")
    st.page_link(links.LAUNCH, label="Train a student")
else:
    chosen = _opened(everything)
    wanted = choose_filters(everything)
    show_live_table(wanted, chosen.id if chosen else None)
    numbers = links.link_numbers(TICKED)
    ticked = [run for number in numbers for run in everything if run.id == number]
    _show_below(chosen, ticked, everything)
