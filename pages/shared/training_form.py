"""The settings of a training run as a form; what the paper says, and what it leaves open."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from scicot.words.configs import FRACTIONS, PAPER_STUDENT, STARTER_STUDENT, default_setting

OWN_FOLDER = "a folder of mine"
STUDENTS = {
    PAPER_STUDENT: "google/flan-t5-small, 77M: the paper's student (needs the Hugging Face hub)",
    STARTER_STUDENT: "SmolLM2-135M: the starter student (needs no network)",
    OWN_FOLDER: "a model folder on this machine",
}


def choose_student() -> str | None:
    """Return the student's id or folder, None while none is named."""
    kind = st.selectbox(
        "Student", list(STUDENTS), format_func=lambda one: STUDENTS[one], key="launch_student"
    )
    if kind != OWN_FOLDER:
        return str(kind)
    folder = st.text_input(
        "Folder",
        key="launch_folder",
        placeholder="/models/my-student",
        help="A Hugging Face folder with config.json, tokenizer and .safetensors weights.",
    )
    return folder.strip() or None


def choose_settings(student: str) -> dict[str, Any]:
    """Return every other setting; each label says whether the default is the paper's or ours."""
    first, second = st.columns(2)
    asked = st.query_params.get("fraction", "1.0")
    fractions = list(FRACTIONS)
    index = fractions.index(float(asked)) if asked in map(str, fractions) else 3
    values: dict[str, Any] = {
        "fraction": first.selectbox(
            "Share of the training questions (paper: all, and 12.5 / 25 / 50 %)",
            fractions,
            index=index,
            format_func=lambda share: f"{share:.1%}",
        )
    }
    seeds = second.multiselect(
        "Seeds, one run each (ours: the paper gives none)",
        list(range(10)),
        default=[0],
        key="launch_seeds",
    )
    values["seeds"] = seeds or [0]
    with st.expander("More settings", icon=":material/tune:"):
        values |= _more_settings(student)
    return values


def _more_settings(student: str) -> dict[str, Any]:
    first, second, third = st.columns(3)

    def number(place: DeltaGenerator, name: str, label: str, **options: Any) -> Any:
        # the key holds the student: another one brings its own defaults
        value = default_setting(name, student)
        return place.number_input(label, value=value, key=f"launch_{name}_{student}", **options)

    return {
        "epochs": number(first, "epochs", "Epochs (ours)", min_value=0.1),
        "learning_rate": number(
            second, "learning_rate", "Learning rate (ours)", min_value=1e-6, format="%.6f"
        ),
        "tokens_per_batch": number(
            third, "tokens_per_batch", "Tokens a batch (ours)", min_value=16
        ),
        "limit_train": number(
            first,
            "limit_train",
            "Only the first training questions",
            min_value=1,
            placeholder="all",
        ),
        "limit_test": number(
            second, "limit_test", "Only the first test questions", min_value=1, placeholder="all"
        ),
        "max_rationale_tokens": number(
            third, "max_rationale_tokens", "Tokens a rationale at most (ours)", min_value=4
        ),
        "stage2_rationales": first.selectbox(
            "Stage 2 trains on rationales (paper: in_sample)", ["in_sample", "cross_fit", "teacher"]
        ),
        "folds": number(second, "folds", "Folds of cross_fit (ours)", min_value=2, max_value=20),
        "stage2_init": third.selectbox("Stage 2 starts from (paper: base)", ["base", "stage1"]),
        "selection": first.selectbox(
            "Which weights are kept (ours)",
            ["last", "validation"],
            help="'validation' keeps those with the lowest loss on the validation split.",
        ),
        "precision": second.selectbox("Precision (ours)", ["auto", "fp32", "bf16"]),
        "inference": third.selectbox(
            "Predictions in (fp32 is reported)",
            ["fp32", "int8"],
            help="int8 is faster; the share of texts it changes is measured and shown.",
        ),
    }
