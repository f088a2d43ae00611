"""A launch page filled from a run, and what its settings then have different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.shared import links
from pages.shared.frame import errors_shown
from pages.shared.plain_table import show_records
from scicot.pure.methods.registry import make_config
from scicot.pure.training.differences import Difference
from scicot.services.runs.runs import get_run
from scicot.services.training.cloning import (
    clone_config,
    differences_between_runs,
    differences_from_run,
)
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig
from scicot.words.records import RunKind
from scicot.words.runs import RunView


def link_to_clone(run: RunView) -> None:
    """Show the way from a training run to the launch page filled with its settings."""
    if run.kind is RunKind.TRAIN:
        st.page_link(
            links.LAUNCH,
            label="Clone",
            icon=":material/content_copy:",
            query_params={"like": str(run.id), "dataset": str(run.dataset)},
            help="Opens the launch page with this run's settings, and shows what you change.",
        )


def read_clone() -> tuple[int, TrainingConfig] | None:
    """Return the run that the link asks to be like, with its settings; None without one."""
    asked = links.link_number("like")
    if asked is None:
        return None
    with errors_shown(), open_workspace() as session:
        config = clone_config(session, asked, {})
        name = get_run(session, asked).name
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Filled from run {asked}: {name}", width="stretch")
            st.page_link(links.LAUNCH, label="Begin from the defaults")
        return asked, config
    return None


def clone_mark(like: TrainingConfig | None) -> str:
    """Return what makes a field's key the run's own that the page is filled from."""
    return f"_like_{st.query_params.get('like')}" if like else ""


def show_changes(run_id: int, method: str, values: Mapping[str, Any], seeds: Sequence[int]) -> None:
    """Show what the form has different from the run it was filled from, as it stands now."""
    seed = seeds[0] if len(seeds) == 1 else list(seeds)
    with errors_shown(), open_workspace() as session:
        config = make_config(method=method, seed=seeds[0], **values)
        settings = config.model_dump(mode="json") | {"seed": seed}
        differences = differences_from_run(session, run_id, settings)
        st.markdown(f"**What differs from run {run_id}**")
        _show(differences, "Nothing so far: it would be the same run again.", run_id)
        st.caption(f"Run {run_id} is {method}; another button makes the method differ too.")


def show_differences(run: RunView, others: Sequence[RunView]) -> None:
    """Show what a run has different from another one of its kind, chosen here."""
    alike = {other.id: other for other in others if other.kind is run.kind and other.id != run.id}
    if not alike:
        st.caption("There is no other run of this kind.")
        return
    ids = list(alike)
    before = next((place for place, other_id in enumerate(ids) if other_id < run.id), 0)
    other = st.selectbox(
        "Compare with",
        ids,
        index=before,
        format_func=lambda run_id: f"{run_id}: {alike[run_id].name}",
        key=f"differs_{run.id}",
    )
    with errors_shown(), open_workspace() as session:
        differences = differences_between_runs(session, other, run.id)
        _show(differences, "Nothing: settings, code and packages are the same.", other, run.id)


def _show(found: Sequence[Difference], nothing: str, there: int, here: int | None = None) -> None:
    if not found:
        st.text(nothing)
        return
    column = f"run {here}" if here else "here"
    show_records(
        [
            {
                "setting": difference.setting.replace("_", " "),
                f"run {there}": _text(difference.there),
                column: _text(difference.here),
            }
            for difference in found
        ],
        key=f"changes_{there}_{here or 'here'}",
        label="What differs",
    )


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "not set" if value is None else str(value)
