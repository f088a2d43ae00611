"""Launch: choices left; right what will happen, one button, and the run up to its result."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.shared import links
from pages.shared.frame import choose_dataset
from pages.shared.panel import two_sides
from pages.train.clone import read_clone, show_changes
from pages.train.launch.form import choose_settings, choose_student
from pages.train.launch.launcher_form import Place, choose_launcher, in_words
from pages.train.launch.recipe import offer_snapshot
from pages.train.launch.snapshot_form import choose_snapshot
from pages.train.launch.start import show_panel
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import (
    default_setting,
    find_method,
    list_in_table,
    list_trained,
    needs_rationales,
    settings_for,
)
from scicot.words.configs import TrainingConfig

TABLE_2 = "table2"


def _choices() -> dict[str, str]:
    """Return what can be started, by the word that links carry: each method, and Table II."""
    return {method.name: method.title for method in list_trained()} | {
        TABLE_2: "The paper's Table II"
    }


def _choose_methods(snapshot: str | None, like: TrainingConfig | None) -> tuple[Method, ...]:
    """Return the methods to train by: the link's, else the cloned run's, else Table II's."""
    titles = _choices()
    default = like.method if like and like.method in titles else TABLE_2
    chosen = links.link_choice(
        st.pills,
        "What to train",
        "method",
        list(titles),
        default=default,
        say=titles.__getitem__,
        is_short=True,
        is_remembered=like is None,
    )
    if chosen == TABLE_2:
        methods = tuple(list_in_table("methods"))
        said = ", ".join(method.title for method in methods)
        st.caption(f"{said}: the same questions and settings, one after another.")
    else:
        methods = (find_method(chosen),)
        st.caption(methods[0].about)
    if snapshot is None and any(map(needs_rationales, methods)):
        st.caption("It learns from rationales: freeze a snapshot above first.")
    return methods


def _command(method: Method, values: dict[str, Any], seed: int, place: Place) -> str:
    words = ["python", "-m", "scicot", "train", method.name]
    for name in ("dataset", "student", "snapshot"):
        if values[name] is not None:
            words += [f"--{name}", str(values[name])]
    words += ["--fraction", str(values["fraction"]), "--seed", str(seed)]
    others = set(settings_for(method, values)) - {"dataset", "student", "snapshot", "fraction"}
    for name in sorted(others):
        if values[name] != default_setting(name, str(values["student"]), [method]):
            value = "none" if values[name] is None else values[name]
            words += ["--set", f"{name}={value}"]
    return shlex.join([*words, *in_words(place)])


def _show_commands(
    methods: Sequence[Method], values: dict[str, Any], seeds: Sequence[int], place: Place
) -> None:
    with st.expander("The same from the command line", icon=":material/terminal:"):
        for method in methods:
            for seed in seeds:
                st.code(_command(method, values, seed, place), language="shell", wrap_lines=True)


st.title("Launch", anchor=False)
clone = read_clone()
like = clone[1] if clone else None
dataset = choose_dataset()
if dataset:
    left, panel = two_sides()
    with left:
        snapshot = choose_snapshot(dataset, like)
        methods = _choose_methods(snapshot, like)
        for method in methods:
            offer_snapshot(method, dataset, snapshot)
        student = choose_student(dataset, like)
        settings = choose_settings(student or "", methods, like)
        seeds = settings.pop("seeds")
        values = {"dataset": dataset, "snapshot": snapshot, "student": student, **settings}
        if clone and student is not None:
            show_changes(clone[0], clone[1].method, values, seeds)
        place = choose_launcher()
        _show_commands(methods, values, seeds, place)
    with panel:
        show_panel(methods, values, seeds, place)
