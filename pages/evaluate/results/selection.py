"""What the Results page shows: the chosen experiment and student, kept in the link and at hand."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.frame import BY_DATABASE
from pages.shared.links import link_choice, say_unknown, write_link
from scicot.services.evaluation.reference import SettingsSet
from scicot.services.evaluation.results import (
    Results,
    list_experiments,
    load_results,
    results_state,
    title_student,
)
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.records import Split

ALL_RUNS = "all"


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=BY_DATABASE)
def _load(
    workspace: Workspace,
    state: str,
    experiment: int | None,
    student: str | None,
    split: Split | None,
    settings: str | None,
) -> Results:
    """Keep the results of this state of the runs; they are frozen, so that sharing is safe."""
    return load_results(
        workspace, experiment_id=experiment, student=student, split=split, settings=settings
    )


def load_chosen(experiment: int | None) -> Results:
    """Return the results as they are now, of the student, split and settings of the link."""
    with open_workspace() as workspace:
        state = results_state(workspace)
        named = st.query_params.get("split", "")
        split = Split(named) if named in list(Split) else None
        student, settings = (st.query_params.get(name) for name in ("student", "settings"))
        return _load(workspace, state, experiment, student, split, settings)


def choose_experiment() -> int | None:
    """Return the chosen experiment's id, None for all runs; kept in the link."""
    with open_workspace() as session:
        names = {str(key): name for key, name in list_experiments(session)}
    chosen = link_choice(
        st.selectbox,
        "Experiment",
        "experiment",
        [ALL_RUNS, *names],
        say=lambda key: "All finished runs" if key == ALL_RUNS else f"{key} · {names[key]}",
        is_short=True,
    )
    return None if chosen == ALL_RUNS else int(chosen)


def say_unknown_choices(results: Results) -> None:
    """Say what the link names that there is not: a student, a split or a set of settings."""
    sets = {one.key: one.title for one in results.sets}
    say_unknown("student", results.students, title_student(results.student))
    say_unknown("split", list(Split), f"the {results.split} split")
    say_unknown("settings", sets, sets.get(results.shown_set or ""))


def choose_student(students: Sequence[str], shown: str | None) -> None:
    """Show which student's runs fill the tables; another choice goes into the link."""
    if not students:
        return
    st.session_state["results_student"] = shown
    st.selectbox(
        "Student",
        list(students),
        key="results_student",
        format_func=lambda student: str(title_student(student)),
        on_change=_remember,
    )


def choose_split(splits: Sequence[Split], shown: Split) -> None:
    """Show which split the accuracies are of; another choice goes into the link."""
    if len(splits) < 2:  # nothing to choose
        return
    st.session_state["results_split"] = shown
    st.selectbox(
        "Questions",
        list(splits),
        key="results_split",
        format_func=lambda split: f"The {split} split",
        help="Choose settings on validation; read the test split once, at the end.",
        on_change=_remember_split,
    )


def choose_settings(sets: Sequence[SettingsSet], shown: str | None) -> None:
    """Show which settings the tables' cells share; another choice goes into the link."""
    if len(sets) < 2:  # nothing to choose
        return
    said = {one.key: one.title for one in sets}
    st.session_state["results_settings"] = shown
    st.selectbox(
        "Settings",
        list(said),
        key="results_settings",
        format_func=said.__getitem__,
        help="A table's cells share one set of settings. Here is in what the sets are unlike.",
        on_change=_remember_settings,
    )


def _remember_settings() -> None:
    write_link("settings", st.session_state["results_settings"])


def _remember() -> None:
    write_link("student", st.session_state["results_student"])
    write_link("settings", None)  # another student's or split's sets are others


def _remember_split() -> None:
    write_link("split", st.session_state["results_split"].value)
    write_link("settings", None)
