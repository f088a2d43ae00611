"""The settings of a training run as a form; what the paper says, and what it leaves open.

Where the form is filled from a run, that run's settings stand for the defaults. Keys hold what
the defaults come from, so that another student or run brings its own.
"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from pages.train.clone import clone_mark
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import default_setting, list_trained
from scicot.words.configs import (
    FRACTIONS,
    PAPER_STUDENT,
    STARTER_STUDENT,
    TrainingConfig,
)

OWN_FOLDER = "a folder of mine"
STUDENTS = {
    PAPER_STUDENT: "google/flan-t5-small, 77M: the paper's student (needs the Hugging Face hub)",
    STARTER_STUDENT: "SmolLM2-135M: the starter student (needs no network)",
    OWN_FOLDER: "another: a model folder on this machine, or a hub id",
}


def choose_student(like: TrainingConfig | None = None) -> str | None:
    """Return the student's id or folder, None while none is named."""
    named = like.student if like else PAPER_STUDENT
    kinds = list(STUDENTS)
    kind = st.selectbox(
        "Student",
        kinds,
        index=kinds.index(named if named in STUDENTS else OWN_FOLDER),
        format_func=lambda student: STUDENTS[student],
        key="launch_student" + clone_mark(like),
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


def choose_settings(student: str, like: TrainingConfig | None = None) -> dict[str, Any]:
    """Return every other setting; each label says whether the default is the paper's or ours."""
    first, second = st.columns(2)
    return {
        "fraction": _choose_fraction(first, like),
        "seeds": _choose_seeds(second, like),
        **_more_settings(student, like),
    }


def _choose_fraction(place: DeltaGenerator, like: TrainingConfig | None) -> Any:
    default = like.fraction if like else 1.0
    fractions = sorted({*FRACTIONS, default})
    asked = st.query_params.get("fraction", "")
    return place.selectbox(
        "Share of the training questions (paper: all, and 12.5 / 25 / 50 %)",
        fractions,
        index=fractions.index(float(asked) if asked in map(str, fractions) else default),
        format_func=lambda share: f"{share:.1%}",
        key="launch_fraction" + clone_mark(like),
        persist_state="session",
    )


def _choose_seeds(place: DeltaGenerator, like: TrainingConfig | None) -> list[int]:
    default = like.seed if like else 0
    seeds = place.multiselect(
        "Seeds, one run each (ours: the paper gives none)",
        sorted({*range(10), default}),
        default=[default],
        key="launch_seeds" + clone_mark(like),
        persist_state="session",
    )
    return seeds or [default]


def _more_settings(student: str, like: TrainingConfig | None) -> dict[str, Any]:
    with st.expander("More settings", icon=":material/tune:"):
        form = _SettingsForm(student, like)
        chosen = form.usual() | form.rare() | form.of_methods()
    # left out, so that a dataset without a validation split falls back on its test split
    if chosen["evaluate_on"] == default_setting("evaluate_on", student):
        del chosen["evaluate_on"]
    return chosen


class _SettingsForm:
    """Puts one field after another into rows of three, each with its default."""

    def __init__(self, student: str, like: TrainingConfig | None) -> None:
        self.student = student
        self.like = like
        self.row: list[DeltaGenerator] = []

    def usual(self) -> dict[str, Any]:
        """Return the settings that runs differ in most."""
        return {
            "epochs": self._number("epochs", "Epochs (ours)", 0.1),
            "learning_rate": self._number(
                "learning_rate", "Learning rate (ours)", 1e-6, format="%.6f", step=1e-5
            ),
            "tokens_per_batch": self._number("tokens_per_batch", "Tokens a batch (ours)", 16),
            "limit_train": self._number(
                "limit_train", "Only the first training questions", 1, placeholder="all"
            ),
            "limit_test": self._number(
                "limit_test", "Only the first test questions", 1, placeholder="all"
            ),
            "max_rationale_tokens": self._number(
                "max_rationale_tokens",
                "Tokens a rationale at most (ours)",
                4,
                placeholder="99 % stay whole",
            ),
            "answer_form": self._choice(
                "answer_form",
                "The answer is written as (paper: letter_and_text)",
                ["letter_and_text", "text", "letter"],
                "'text' is the option's text alone; options are scored as in the cloze form.",
            ),
            "show_options": self._choice(
                "show_options", "The input shows the options (paper: True)", [True, False]
            ),
            "strip_answer": self._choice(
                "strip_answer",
                "Cut from rationales (ours: none)",
                ["none", "sentence"],
                "'sentence' takes out the sentences that state the answer, wherever a student "
                "learns or reads a rationale.",
            ),
            "evaluate_on": self._choice(
                "evaluate_on",
                "Measured on (ours: validation)",
                ["validation", "test"],
                "Choose settings on validation; read the test split with the final runs.",
            ),
            "selection": self._choice(
                "selection",
                "Which weights are kept (ours)",
                ["last", "validation"],
                "'validation' tries the weights after every epoch and keeps those that choose most "
                "validation options rightly; a stage that only writes is chosen by its loss.",
            ),
            "precision": self._choice("precision", "Precision (ours)", ["auto", "fp32", "bf16"]),
            "inference": self._choice(
                "inference",
                "Predictions in (fp32 is reported)",
                ["fp32", "int8", "fp16", "bf16"],
                "The others may be faster (fp16 and bf16 need a GPU); each is used only where nine "
                "of ten texts stay as they are, and the share is shown.",
            ),
        }

    def rare(self) -> dict[str, Any]:
        """Return the settings that are seldom touched."""
        return {
            "warmup_fraction": self._number(
                "warmup_fraction", "Warm-up, share of the steps (ours)", 0.0, max_value=0.99
            ),
            "weight_decay": self._number("weight_decay", "Weight decay (ours)", 0.0, max_value=1.0),
            "gradient_clip": self._number("gradient_clip", "Gradient's largest norm (ours)", 0.01),
            "max_input_tokens": self._number(
                "max_input_tokens", "Tokens an input at most (ours)", 8
            ),
            "max_target_tokens": self._number(
                "max_target_tokens", "Tokens a target at most (ours)", 4, placeholder="as needed"
            ),
            "limit_validation": self._number(
                "limit_validation", "Validation questions at most (ours)", 1, placeholder="all"
            ),
            "checkpoint_every": self._number("checkpoint_every", "Steps between checkpoints", 1),
        }

    def of_methods(self) -> dict[str, Any]:
        """Return the settings that one method alone has; the others' runs are not given them."""
        return {
            name: self._own(method, name, method.config.model_fields[name])
            for method in list_trained()
            for name in method.own_settings
        }

    def _own(self, method: Method, name: str, field: FieldInfo) -> Any:
        label = f"{method.title}: {field.title or name.replace('_', ' ')}"
        choices = get_args(field.annotation)
        if get_origin(field.annotation) is Literal:
            return self._choice(name, label, list(choices))
        if field.annotation is bool:
            return self._place().toggle(
                label, value=self._default(name), key=self._key(name), persist_state="session"
            )
        bounds = {type(bound).__name__: bound for bound in field.metadata}
        least = bounds["Ge"].ge if "Ge" in bounds else 0.01
        return self._number(name, label, least)

    def _number(self, name: str, label: str, least: float, **options: Any) -> Any:
        value = self._default(name)
        # a run started elsewhere may have gone lower than what makes sense to offer
        least = type(least)(min(least, value)) if value is not None else least
        return self._place().number_input(
            label,
            min_value=least,
            value=value,
            key=self._key(name),
            persist_state="session",
            **options,
        )

    def _choice(self, name: str, label: str, choices: list[Any], about: str | None = None) -> Any:
        index = choices.index(self._default(name))
        return self._place().selectbox(
            label, choices, index=index, key=self._key(name), help=about, persist_state="session"
        )

    def _default(self, name: str) -> Any:
        if self.like is not None and hasattr(self.like, name):
            return getattr(self.like, name)
        return default_setting(name, self.student)

    def _key(self, name: str) -> str:
        return f"launch_{name}_{self.student}{clone_mark(self.like)}"

    def _place(self) -> DeltaGenerator:
        if not self.row:
            self.row = list(st.columns(3, vertical_alignment="bottom"))
        return self.row.pop(0)
