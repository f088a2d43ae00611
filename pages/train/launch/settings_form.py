"""The fields of a training run's settings; what the paper says stands in the help.

Where the form is filled from a run, that run's settings stand for the defaults. Keys hold what
the defaults come from, so that another student or run brings its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from pages.train.clone import clone_mark
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import default_setting, list_trained
from scicot.words.configs import TrainingConfig

SAID: dict[object, str] = {
    "letter_and_text": "letter and text",
    "text": "the option's text alone",
    "letter": "the letter alone",
    True: "yes",
    False: "no",
    "none": "nothing",
    "sentence": "sentences that state the answer",
    "all": "an epoch shows all",
    "one_an_epoch": "an epoch shows one of them",
    "validation": "the validation split",
    "test": "the test split",
    "last": "those at the end",
    "lowest": "the best on the validation split",
    "auto": "what suits the machine",
    "in_sample": "its own, also about what it trained on",
    "cross_fit": "its own, about what it did not train on",
    "teacher": "the teacher's",
    "base": "the student as it was",
    "stage1": "the student of stage 1",
}
RARE = (
    *(
        "tokens_per_batch",
        "lora_rank",
        "processes",
        "deciding_weight",
        "warmup_fraction",
        "weight_decay",
        "gradient_clip",
        "max_input_tokens",
    ),
    *("max_target_tokens", "limit_validation", "checkpoint_every", "precision", "inference"),
    "source_weights",
)


class SettingsForm:
    """Puts one field after another into rows of two, each with its default."""

    def __init__(
        self, student: str, methods: Sequence[Method], like: TrainingConfig | None
    ) -> None:
        self.student = student
        self.methods = methods
        self.like = like
        self.row: list[DeltaGenerator] = []

    def usual(self) -> dict[str, Any]:
        """Return the settings that runs differ in most."""
        return {
            "epochs": self._number("epochs", "Epochs", 0.1),
            "steps": self._number(
                "steps",
                "Steps, in place of epochs",
                1,
                placeholder="as many as the epochs take",
                help="Updates of the weights. The same number for every method and share of the "
                "questions makes them alike trained.",
            ),
            "questions_per_step": self._number("questions_per_step", "Questions a step", 1),
            "learning_rate": self._number(
                "learning_rate", "Learning rate", 1e-6, format="%.6f", step=1e-5
            ),
            "max_rationale_tokens": self._number(
                "max_rationale_tokens",
                "Tokens a rationale at most",
                4,
                placeholder="99 % stay whole",
            ),
            "limit_train": self._number(
                "limit_train", "Only the first training questions", 1, placeholder="all"
            ),
            "limit_test": self._number(
                "limit_test", "Only the first questions to answer", 1, placeholder="all"
            ),
            "answer_form": self._choice(
                "answer_form",
                "The answer is written as",
                ["letter_and_text", "text", "letter"],
                "The paper: letter and text.",
            ),
            "show_options": self._choice(
                "show_options", "The input shows the options", [True, False], "The paper: yes."
            ),
            "strip_answer": self._choice(
                "strip_answer",
                "Cut from rationales",
                ["none", "sentence"],
                "Sentences that state the answer, wherever a student learns or reads a rationale.",
            ),
            "per_question": self._choice(
                "per_question",
                "Of a question's several rationales",
                ["all", "one_an_epoch"],
                "All: an epoch is as much longer. One, drawn anew each epoch: as many steps as "
                "methods that learn none.",
            ),
            "evaluate_on": self._choice(
                "evaluate_on",
                "Measured on",
                ["validation", "test"],
                "Choose settings on validation; read the test split with the final runs.",
            ),
            "selection": self._choice(
                "selection",
                "Which weights are kept",
                ["last", "validation"],
                "Those at the end; or, tried after every epoch, those that choose most validation "
                "options rightly. A stage that only writes is chosen by its loss.",
                {"validation": SAID["lowest"]},
            ),
        }

    def rare(self) -> dict[str, Any]:
        """Return the settings that are seldom touched."""
        return {
            "precision": self._choice("precision", "Precision", ["auto", "fp32", "bf16"]),
            "inference": self._choice(
                "inference",
                "Predictions in",
                ["fp32", "fp16", "bf16"],
                "fp32 is reported. The others need a GPU and may be faster there; each is used "
                "only where nine of ten texts stay as they are, and the share is shown.",
            ),
            "tokens_per_batch": self._number(
                "tokens_per_batch",
                "Tokens held at once",
                16,
                help="A step is computed in parts of so many: it changes memory and speed only.",
            ),
            "deciding_weight": self._number(
                "deciding_weight",
                "Weight of the tokens that decide",
                0.01,
                max_value=100.0,
                help="The answer's letter counts so many times the rest. The paper: 1.",
            ),
            "lora_rank": self._number(
                "lora_rank",
                "LoRA: rank of what is trained",
                0,
                max_value=1024,
                help="0 trains all weights. Else only small matrices beside them (8 to 64 are "
                "usual), for students too large to train whole; they are merged at the end. It "
                "wants a higher learning rate, 0.0002 to 0.002, and the package peft.",
            ),
            "processes": self._number(
                "processes",
                "Processes that train together",
                1,
                max_value=64,
                help="Each works on its share of every step's questions: the curve is that of one "
                "process. As many as there are GPUs; on a processor it divides the threads.",
            ),
            "warmup_fraction": self._number(
                "warmup_fraction", "Warm-up, share of the steps", 0.0, max_value=0.99
            ),
            "weight_decay": self._number("weight_decay", "Weight decay", 0.0, max_value=1.0),
            "gradient_clip": self._number("gradient_clip", "Gradient's largest norm", 0.01),
            "max_input_tokens": self._number("max_input_tokens", "Tokens an input at most", 8),
            "max_target_tokens": self._number(
                "max_target_tokens", "Tokens a target at most", 4, placeholder="as needed"
            ),
            "limit_validation": self._number(
                "limit_validation", "Validation questions at most", 1, placeholder="all"
            ),
            "checkpoint_every": self._number("checkpoint_every", "Steps between checkpoints", 1),
            "source_weights": self._weights(),
        }

    def of_methods(self) -> dict[str, Any]:
        """Return the settings that these methods alone have; what two of them have stands once."""
        methods = self.methods
        owners = {name: method for method in reversed(methods) for name in method.own_settings}
        return {
            name: self._own(method, name, method.config.model_fields[name])
            for name, method in sorted(owners.items(), key=lambda item: methods.index(item[1]))
        }

    def _own(self, method: Method, name: str, field: FieldInfo) -> Any:
        title = field.title or name.replace("_", " ")
        remark = re.search(r"\((.*)\)$", title)
        label = f"{method.title}: {re.sub(r' *[(].*[)]$', '', title)}"
        about = remark and SAID.get(remark[1].removeprefix("paper: "), remark[1])
        about = f"The paper: {about}." if remark and remark[1].startswith("paper") else about
        about = " ".join(filter(None, (field.description, about))) or None
        choices = get_args(field.annotation)
        if get_origin(field.annotation) is Literal:
            return self._choice(name, label, list(choices), about)
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

    def _choice(
        self,
        name: str,
        label: str,
        choices: list[Any],
        about: str | None = None,
        said: dict[object, str] | None = None,
    ) -> Any:
        words = SAID | (said or {})
        return self._place().selectbox(
            label,
            choices,
            index=choices.index(self._default(name)),
            key=self._key(name),
            format_func=lambda choice: words.get(choice, str(choice)),
            help=about,
            persist_state="session",
        )

    def _weights(self) -> str | None:
        weights = (self.like.source_weights if self.like else None) or {}
        said = self._place().text_input(
            "What the texts of a source weigh",
            value=", ".join(f"{source}={weight:g}" for source, weight in weights.items()),
            key=self._key("source_weights"),
            placeholder="flan-t5=2, human=1",
            help="Of the loss; a source that is not named weighs 1.",
            persist_state="session",
        )
        return str(said).strip() or None

    def _default(self, name: str) -> Any:
        asked = st.query_params.get(name)
        choices = next((of for of in self._choices(name) if str(of) == asked), None)
        if choices is not None:
            return choices
        if self.like is not None and hasattr(self.like, name):
            return getattr(self.like, name)
        return default_setting(name, self.student, self.methods)

    @staticmethod
    def _choices(name: str) -> tuple[Any, ...]:
        """Return what a setting can be, of those that a link from a table may name."""
        fields = [method.config.model_fields.get(name) for method in list_trained()]
        annotation = next((field.annotation for field in fields if field), None)
        if annotation is bool:
            return True, False
        return get_args(annotation) if get_origin(annotation) is Literal else ()

    def _key(self, name: str) -> str:
        asked = st.query_params.get(name, "")
        # a method whose default is another has its own field, or the other's choice would stay
        is_usual = self._default(name) == default_setting(name, self.student)
        own = "" if asked or self.like or is_usual else f"_{self.methods[0].name}"
        return f"launch_{name}_{self.student}{clone_mark(self.like)}{asked}{own}"

    def _place(self) -> DeltaGenerator:
        if not self.row:
            self.row = list(st.columns(2, vertical_alignment="bottom"))
        return self.row.pop(0)
