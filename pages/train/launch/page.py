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
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig, default_setting
from scicot.words.records import Method

BUTTONS = {
    "Fine-tune": (Method.FINETUNE,),
    "One-stage": (Method.ONE_STAGE,),
    "Sci-CoT": (Method.SCI_COT,),
    "Step by step": (Method.STEP_BY_STEP,),
    "The paper's Table II": (Method.FINETUNE, Method.ONE_STAGE, Method.SCI_COT),
}
HELP = {
    "Fine-tune": "Question to answer; needs no rationales.",
    "One-stage": "Question to rationale and answer, in one target.",
    "Sci-CoT": "One student writes the rationale, a second one answers from it.",
    "Step by step": "One student, two tasks with prefixes (Hsieh et al. 2023).",
    "The paper's Table II": "Fine-tune, one-stage and Sci-CoT, one after another.",
}


def _start(methods: tuple[Method, ...], values: dict[str, Any], seeds: list[int]) -> None:
    with errors_shown(), open_workspace() as workspace:
        configs = [
            TrainingConfig.checked(method=method, seed=seed, **values)
            for seed in seeds
            for method in methods
        ]
        started = [workspace.start(current_actor(), config) for config in configs]
        st.session_state["launch_started"] = started


def _is_meant(group: tuple[Method, ...], like: TrainingConfig | None) -> bool:
    """Return whether a button stands out: the link's or the run's method, else Table II."""
    asked = st.query_params.get("method") or (like.method if like else None)
    return group == (asked,) if asked in list(Method) else len(group) > 1


def _command(method: Method, values: dict[str, Any], seed: int) -> str:
    words = ["python", "-m", "scicot", "train", method.value]
    for name in ("dataset", "student", "snapshot"):
        if values[name] is not None:
            words += [f"--{name}", str(values[name])]
    words += ["--fraction", str(values["fraction"]), "--seed", str(seed)]
    others = set(values) - {"dataset", "student", "snapshot", "fraction"}
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
        for label, group in BUTTONS.items():
            needs_snapshot = group != (Method.FINETUNE,)
            st.button(
                label,
                help=HELP[label],
                type="primary" if _is_meant(group, like) else "secondary",
                disabled=student is None or (needs_snapshot and snapshot is None),
                on_click=_start,
                args=(group, values, seeds),
            )
    started = st.session_state.pop("launch_started", [])
    if started:
        names = ", ".join(map(str, started))
        st.success(f"Queued as run {names}.", icon=":material/check:")
        st.page_link(links.RUNS, label="Watch them", query_params={"run": started[0]})
    methods = [
        method
        for method in dict.fromkeys(one for group in BUTTONS.values() for one in group)
        if snapshot is not None or method is Method.FINETUNE
    ]
    if student is not None:
        with st.expander("Before launch: what a run would do", icon=":material/fact_check:"):
            show_check(methods, values, seeds[0])
    with st.expander("The same from the command line", icon=":material/terminal:"):
        for method in methods:
            st.code(_command(method, values, seeds[0]), language="shell", wrap_lines=True)
