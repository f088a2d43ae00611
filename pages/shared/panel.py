"""The right side of a page that starts something: always in sight, from the press to the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared import links
from pages.shared.run_control import show_headline, show_orders, show_while_it_runs
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
from scicot.services.runs.lost import ACTIVE
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import list_runs
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.launching import HEAVY, TITLES, ClusterName
from scicot.words.records import UNDER_WAY, RunKind, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import LOCAL


def two_sides() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the place of the choices and the panel beside it, which stays while one scrolls."""
    left, right = st.columns([3, 2], gap="large")
    return left, right.container(border=True, key="panel")


def say_queue(kind: RunKind, cluster: ClusterName | None = None) -> str:
    """Return when a run of this kind that is started now would begin: here, or on a cluster.

    What goes on a cluster, or waits for one, takes no slot here.
    """
    if cluster is not None:
        return f"when {TITLES[cluster]} lets it."
    if kind not in HEAVY:
        return "at once."
    with open_workspace() as workspace:
        slots = workspace.slots
        going, waiting = _list_here(workspace, ACTIVE), _list_here(workspace, [RunStatus.QUEUED])
    if len(going) < slots and not waiting:
        return "at once."
    first = f"run {going[0].id} ({_progress(going[0])})" if going else ""
    others = f"{len(waiting):,} that wait{'s' * (len(waiting) == 1)}" if waiting else ""
    return f"after {' and '.join(filter(None, [first, others]))}."


def _list_here(workspace: Workspace, statuses: Sequence[RunStatus]) -> list[RunView]:
    """Return the runs that take a slot of this machine, or wait for one."""
    runs = list_runs(workspace, kinds=HEAVY, statuses=statuses)
    return [run for run in runs if run.launcher == LOCAL]


def _progress(run: RunView) -> str:
    """Return how far a run is, and how long it still says it takes."""
    if not run.progress_total:
        return "starting"
    share = say_share(min(1.0, run.progress_done / run.progress_total), 0)
    *_, left = run.message.rpartition(", about ")
    return f"{share}, about {left}" if left.endswith("left") else share


def show_started(run_ids: Sequence[int], show_result: Callable[[RunView], None]) -> None:
    """Show the runs that were started here: the one under way with its progress, then the rest."""
    shown = run_ids[0]
    with open_workspace() as workspace:
        workspace.tend()
        for run in list_runs(workspace, statuses=UNDER_WAY, limit=None)[::-1]:
            if run.id in run_ids:
                shown = run.id
                break

    def show(run: RunView) -> None:
        show_headline(run)
        show_progress(run)
        if run.status.is_finished:
            show_result(run)
        with st.container(horizontal=True):
            show_orders(run)
            st.page_link(
                links.RUNS,
                label="Watch it" if len(run_ids) == 1 else f"Watch all {len(run_ids)}",
                icon=":material/monitoring:",
                query_params={"run": str(run.id)},
            )

    show_while_it_runs(shown, show)


def show_unfinished(
    kind: RunKind, dataset: str | None, belongs: Callable[[RunView], bool] = lambda _run: True
) -> None:
    """Show the newest run of a kind until it is done: how far it is, or why it ended.

    The page is drawn anew when it is over, so that its results stand there. Who archives a run
    that failed wants to see it no more.
    """
    with open_workspace() as session:
        runs = list_runs(session, kinds=[kind], dataset=dataset, with_archived=False)
    newest = next((run for run in runs if belongs(run)), None)
    if newest is None or newest.status is RunStatus.DONE:
        return
    with st.container(border=True):
        show_while_it_runs(newest.id, _show_unfinished)


def _show_unfinished(run: RunView) -> None:
    show_headline(run)
    show_progress(run)
    with st.container(horizontal=True):
        show_orders(run)
        st.page_link(links.RUNS, label="Log and settings", query_params={"run": str(run.id)})


def show_progress(run: RunView) -> None:
    """Show how far a run is and what it says, or the place at which it waits."""
    if run.status is RunStatus.QUEUED:
        with open_workspace() as session:
            queue = list_queue(session)
        if run.id in queue:
            place = f"Number {queue.index(run.id) + 1} of {len(queue)} that wait."
            st.progress(0.0, f"{place} {say_queue_before(run)}")
        else:  # handed to a cluster, or packed: no slot here is waited for
            st.progress(0.0, escape_markdown(run.message) or "It waits elsewhere.")
    elif run.progress_total and not run.status.is_finished:
        share = min(1.0, run.progress_done / run.progress_total)
        st.progress(share, f"{escape_markdown(run.message)} ({say_share(share, 0)})")
    elif run.message and not run.error:
        st.caption(escape_markdown(run.message))


def say_queue_before(run: RunView) -> str:
    """Return behind what a waiting run stands."""
    with open_workspace() as session:
        going = _list_here(session, ACTIVE)
    if run.kind not in HEAVY or not going:
        return ""
    return f"Behind run {going[0].id} ({_progress(going[0])})."
