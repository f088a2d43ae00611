"""Launch: one button a method, on exactly the rationales that were approved."""

from __future__ import annotations

import shlex
from typing import Any

import streamlit as st

from pages.shared import links
from pages.shared.frame import choose_dataset, current_actor, errors_shown
from pages.train.clone import read_clone, show_changes
from pages.train.launch.check import show_check
from pages.train.launch.form import choose_settings, choose_student
from pages.train.launch.snapshot_form import choose_snapshot
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import (
    default_setting,
    list_in_table,
    list_trained,
    make_config,
    needs_rationales,
    settings_for,
)
from scicot.services.runs.runs import list_runs
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig
from scicot.words.records import RunKind, RunStatus

TABLE_2 = "The paper's Table II"
UNDER_WAY = (RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING)


def _buttons() -> dict[str, tuple[Method, ...]]:
    """Return what each button launches: one method, or those of Table II."""
    buttons = {method.title: (method,) for method in list_trained()}
    return buttons | {TABLE_2: tuple(list_in_table("methods"))}


def _help(group: tuple[Method, ...]) -> str:
    if len(group) == 1:
        return group[0].about
    return ", ".join(method.title for method in group) + ", one after another."


def _start(methods: tuple[Method, ...], values: dict[str, Any], seeds: list[int]) -> None:
    with errors_shown(), open_workspace() as workspace:
        configs = [
            make_config(method=method.name, seed=seed, **values)
            for seed in seeds
            for method in methods
        ]
        under_way = list_runs(workspace, kinds=[RunKind.TRAIN], statuses=UNDER_WAY, limit=None)
        started, waiting = [], []
        for config in configs:
            settings = config.model_dump(mode="json")
            equal = next((run.id for run in under_way if dict(run.config) == settings), None)
            if equal is None:
                started.append(workspace.start(current_actor(), config))
            else:
                waiting.append(equal)
        st.session_state["launch_started"] = started, waiting


def _is_meant(group: tuple[Method, ...], like: TrainingConfig | None) -> bool:
    """Return whether a button stands out: the link's or the run's method, else Table II."""
    asked = st.query_params.get("method") or (like.method if like else None)
    if asked in [method.name for method in list_trained()]:
        return [method.name for method in group] == [asked]
    return len(group) > 1


def _command(method: Method, values: dict[str, Any], seed: int) -> str:
    words = ["python", "-m", "scicot", "train", method.name]
    for name in ("dataset", "student", "snapshot"):
        if values[name] is not None:
            words += [f"--{name}", str(values[name])]
    words += ["--fraction", str(values["fraction"]), "--seed", str(seed)]
    others = set(settings_for(method, values)) - {"dataset", "student", "snapshot", "fraction"}
    for name in sorted(others):
        if values[name] != default_setting(name, str(values["student"])):
            value = "none" if values[name] is None else values[name]
            words += ["--set", f"{name}={value}"]
    return shlex.join(words)


st.title("Launch")
clone = read_clone()
like = clone[1] if clone else None
dataset = choose_dataset()
if dataset:
    snapshot = choose_snapshot(dataset, like)
    student = choose_student(like)
    settings = choose_settings(student or "", like)
    seeds = settings.pop("seeds")
    values = {"dataset": dataset, "snapshot": snapshot, "student": student, **settings}
    if clone and student is not None:
        show_changes(clone[0], clone[1].method, values, seeds)
    with st.container(horizontal=True):
        for label, group in _buttons().items():
            needs_snapshot = any(map(needs_rationales, group))
            st.button(
                label,
                help=_help(group),
                type="primary" if _is_meant(group, like) else "secondary",
                disabled=student is None or (needs_snapshot and snapshot is None),
                on_click=_start,
                args=(group, values, seeds),
            )
    started, waiting = st.session_state.pop("launch_started", ([], []))
    if started:
        names = ", ".join(map(str, started))
        st.success(f"Queued as run {names}.", icon=":material/check:")
    if waiting:
        names = ", ".join(map(str, waiting))
        st.info(
            f"Run {names} has these settings and is under way: it was not queued a second time.",
            icon=":material/content_copy:",
        )
    if started or waiting:
        shown = (started or waiting)[0]
        st.page_link(links.RUNS, label="Watch them", query_params={"run": str(shown)})
    methods = [
        method for method in list_trained() if snapshot is not None or not needs_rationales(method)
    ]
    if student is not None:
        with st.expander("Before launch: what a run would do", icon=":material/fact_check:"):
            show_check([method.name for method in methods], values, seeds[0])
    with st.expander("The same from the command line", icon=":material/terminal:"):
        for method in methods:
            st.code(_command(method, values, seeds[0]), language="shell", wrap_lines=True)
