"""Which runs the table shows: by kind, by a word, archived ones too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from pages.shared.method_names import KINDS, name_method, name_student
from scicot.words.records import RunKind
from scicot.words.runs import RunView

OF_TEACHERS = (RunKind.GENERATE, RunKind.JUDGE, RunKind.LESSON)
KIND_CHOICES: dict[str, Callable[[RunView], bool]] = {
    "All": lambda _run: True,
    "Students": lambda run: run.kind not in (*OF_TEACHERS, RunKind.FEW_SHOT, RunKind.IMPORT),
    "Large models": lambda run: run.kind in (*OF_TEACHERS, RunKind.FEW_SHOT),
}
Wanted = Callable[[RunView], bool]


def choose_filters(runs: Sequence[RunView]) -> Wanted:
    """Show the filters and return whether a run passes them."""
    datasets = sorted({run.dataset for run in runs if run.dataset})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Kind",
            list(KIND_CHOICES),
            default="All",
            required=True,
            key="runs_kind",
            label_visibility="collapsed",
            persist_state="session",
        )
        words = st.text_input(
            "Search",
            key="runs_words",
            label_visibility="collapsed",
            placeholder="a name, tag, method, student, person ...",
            persist_state="session",
        )
        dataset = st.selectbox(
            "Of dataset",
            ["", *datasets],
            key="runs_dataset",
            format_func=lambda name: name or "all datasets",
            label_visibility="collapsed",
            width=180,
        )
        archived = st.toggle("Archived too", key="runs_archived", persist_state="session")
    is_kind = KIND_CHOICES[str(kind)]
    sought = words.casefold().split()

    def passes(run: RunView) -> bool:
        if run.archived_at and not archived:
            return False
        if dataset and run.dataset != dataset:
            return False
        return is_kind(run) and all(word in _text(run) for word in sought)

    return passes


def _text(run: RunView) -> str:
    parts = (
        *(str(run.id), run.name, run.note, run.actor, run.dataset or "", run.status.value),
        *(name_method(run.method), KINDS[run.kind], name_student(run), *run.tags),
    )
    return " ".join(parts).casefold()
