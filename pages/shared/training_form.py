"""The settings of a training run as a form; what the paper says, and what it leaves open."""

from __future__ import annotations

from typing import Any

import streamlit as st

from scicot.words.configs import FRACTIONS, PAPER_STUDENT, STARTER_STUDENT, TrainingConfig

OWN_FOLDER = "a folder of mine"
STUDENTS = {
    PAPER_STUDENT: "google/flan-t5-small, 77M: the paper's student (needs the Hugging Face hub)",
    STARTER_STUDENT: "SmolLM2-135M: the starter student (needs no network)",
    OWN_FOLDER: "a model folder on this machine",
}


def default_of(name: str) -> Any:
    """Return a setting's default, from the one place that defines it."""
    return TrainingConfig.model_fields[name].default


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


def choose_settings() -> dict[str, Any]:
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
        values |= _more_settings()
    return values


def _more_settings() -> dict[str, Any]:
    first, second, third = st.columns(3)
    return {
        "epochs": first.number_input(
            "Epochs (ours)", min_value=0.1, value=float(default_of("epochs"))
        ),
        "learning_rate": second.number_input(
            "Learning rate (ours)",
            min_value=1e-6,
            value=float(default_of("learning_rate")),
            format="%.6f",
        ),
        "tokens_per_batch": third.number_input(
            "Tokens a batch (ours)", min_value=16, value=int(default_of("tokens_per_batch"))
        ),
        "limit_train": first.number_input(
            "Only the first training questions", min_value=1, value=None, placeholder="all"
        ),
        "limit_test": second.number_input(
            "Only the first test questions", min_value=1, value=None, placeholder="all"
        ),
        "max_rationale_tokens": third.number_input(
            "Tokens a rationale at most (ours)",
            min_value=4,
            value=int(default_of("max_rationale_tokens")),
        ),
        "stage2_rationales": first.selectbox(
            "Stage 2 trains on rationales (paper: in_sample)", ["in_sample", "cross_fit", "teacher"]
        ),
        "stage2_init": second.selectbox("Stage 2 starts from (paper: base)", ["base", "stage1"]),
        "inference": third.selectbox("Predictions in (fp32 is reported)", ["fp32", "int8"]),
    }
