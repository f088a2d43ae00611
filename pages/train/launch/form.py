"""Student, training questions and seeds of a training run as a form.

Its other settings are fields of settings_form.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.train.clone import clone_mark
from pages.train.launch.settings_form import RARE, SettingsForm
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import default_setting
from scicot.pure.shares import say_part
from scicot.services.runs.runs import list_runs
from scicot.services.workspace import open_workspace
from scicot.words.configs import (
    FRACTIONS,
    PAPER_STUDENT,
    STARTER_STUDENT,
    TrainingConfig,
)
from scicot.words.records import RunKind

OWN_FOLDER = "a folder of mine"
STUDENTS = {
    PAPER_STUDENT: "google/flan-t5-small, 77M: the paper's student (needs the Hugging Face hub; "
    "its instruction mix contains ARC's training questions)",
    STARTER_STUDENT: "SmolLM2-135M-Instruct, 4-bit weights made fp32: the starter student "
    "(needs no network; here it learned to choose on ARC-Easy, on ARC-Challenge that is not shown)",
    OWN_FOLDER: "another: a model folder on this machine, or a hub id",
}
# a clone keeps what only the command line asks for
NOT_ASKED = ("leave_out_tested",)


def choose_student(dataset: str, like: TrainingConfig | None = None) -> str | None:
    """Return the student's id or folder, None while none is named.

    It begins with the student that was trained last on this dataset, else with the paper's.
    """
    named = like.student if like else _last_student(dataset)
    kinds = list(STUDENTS)
    kind = st.selectbox(
        "Student",
        kinds,
        index=kinds.index(named if named in STUDENTS else OWN_FOLDER),
        format_func=lambda student: STUDENTS[student],
        # another dataset's student is another default: what was chosen for each is kept
        key=f"launch_student_{named}" + clone_mark(like),
        persist_state="session",
    )
    if kind != OWN_FOLDER:
        return str(kind)
    folder = st.text_input(
        "Folder or hub id",
        value="" if named in STUDENTS else named,
        key="launch_folder" + clone_mark(like),
        persist_state="session",
        placeholder="/models/my-student",
        help="A Hugging Face folder with config.json, tokenizer and .safetensors weights.",
    )
    return folder.strip() or None


def _last_student(dataset: str) -> str:
    with open_workspace() as session:
        runs = list_runs(session, kinds=[RunKind.TRAIN], dataset=dataset, limit=1)
    return str(runs[0].config.get("student", PAPER_STUDENT)) if runs else PAPER_STUDENT


def choose_settings(
    student: str, methods: Sequence[Method], like: TrainingConfig | None = None
) -> dict[str, Any]:
    """Return every other setting of these methods; each begins with what suits the student."""
    first, second = st.columns(2)
    return {
        "fraction": _choose_fraction(first, like),
        "seeds": _choose_seeds(second, like),
        **_more_settings(student, methods, like),
    }


def _choose_fraction(place: DeltaGenerator, like: TrainingConfig | None) -> Any:
    default = like.fraction if like else 1.0
    fractions = sorted({*FRACTIONS, default})
    asked = st.query_params.get("fraction", "")
    return place.selectbox(
        "Share of the training questions",
        fractions,
        index=fractions.index(float(asked) if asked in map(str, fractions) else default),
        format_func=say_part,
        key="launch_fraction" + clone_mark(like),
        persist_state="session",
        help="The paper trains on all of them, and on 12.5, 25 and 50 %.",
    )


def _choose_seeds(place: DeltaGenerator, like: TrainingConfig | None) -> list[int]:
    default = like.seed if like else 0
    seeds = place.multiselect(
        "Seeds, one run each",
        sorted({*range(10), default}),
        default=[default],
        key="launch_seeds" + clone_mark(like),
        persist_state="session",
        help="The paper names none. Several tell how much of a difference is chance.",
    )
    return seeds or [default]


def _more_settings(
    student: str, methods: Sequence[Method], like: TrainingConfig | None
) -> dict[str, Any]:
    with st.expander("More settings", icon=":material/tune:"):
        st.caption(
            "The paper says: letter and text, options shown, nothing cut, stage 2 on what stage 1 "
            "writes. What it leaves open begins with what suits the student and this machine."
        )
        form = SettingsForm(student, methods, like)
        chosen = form.usual() | form.of_methods()
        if st.toggle("Those seldom touched", key="launch_rare", persist_state="session"):
            chosen |= form.rare()
        elif like is not None:
            chosen |= {name: getattr(like, name) for name in RARE}
    if like is not None:
        chosen |= {name: getattr(like, name) for name in NOT_ASKED}
    # left out, so that a dataset without a validation split falls back on its test split
    if chosen["evaluate_on"] == default_setting("evaluate_on", student):
        del chosen["evaluate_on"]
    return chosen
