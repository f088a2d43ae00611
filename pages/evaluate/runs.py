"""Choosing the runs to look at; the link carries the choice."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared import links
from scicot.pure.methods.registry import CLAIM
from scicot.services.evaluation.comparison import list_predicted_runs
from scicot.services.workspace import open_workspace
from scicot.words.runs import RunView

# what runs of every method have; a method's own settings are part of the method
SHARED_SETTINGS = (
    *("dataset", "student", "snapshot", "fraction", "seed", "limit_train", "limit_test"),
    *("epochs", "learning_rate", "questions_per_step"),
)


def predicted_runs() -> list[RunView]:
    """Return the runs that have predictions, newest first; says what to do when there is none."""
    with open_workspace() as session:
        runs = list_predicted_runs(session)
    if not runs:
        st.info("No run has predictions yet.", icon=":material/science:")
        st.page_link(links.LAUNCH, label="Launch a run first")
    return runs


def run_label(run: RunView) -> str:
    """Return how a run is listed: number, name, and dataset where the name does not say it."""
    dataset = run.dataset or "no dataset"
    return f"{run.id} · {run.name}" if dataset in run.name else f"{run.id} · {run.name} · {dataset}"


def choose_run(label: str, key: str, runs: Sequence[RunView], default: int) -> RunView:
    """Return the chosen run, kept in the link under `key`."""
    by_id = {run.id: run for run in runs}
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


def default_pair(runs: Sequence[RunView]) -> tuple[int, int] | None:
    """Return the pair to open on: the newest runs of the paper's claim, alike in all else.

    Where no two runs differ in the method alone, those of the claim on one dataset, then the
    newest two of one dataset; None where every run is alone.
    """
    for alike in (_besides_method, _dataset):
        groups: dict[object, list[RunView]] = {}
        for run in runs:
            groups.setdefault(alike(run), []).append(run)
        several = [group for group in groups.values() if len(group) > 1]
        for group in several:
            newest = {run.method: run.id for run in reversed(group)}
            if all(method in newest for method in CLAIM):
                return newest[CLAIM[0]], newest[CLAIM[1]]
    return (several[0][0].id, several[0][1].id) if several else None


def _besides_method(run: RunView) -> tuple[str, ...]:
    """Return what must be equal for the method to be what two runs differ in."""
    return tuple(str(run.config.get(name)) for name in SHARED_SETTINGS)


def _dataset(run: RunView) -> str | None:
    return run.dataset
