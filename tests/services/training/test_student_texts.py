"""Every text that a student is trained on, asked or scored on, byte for byte.

The golden file holds what each method's stages read and write: a change of it is a change of the
texts, and makes every student that was trained before another one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from scicot.adapters.students.asking.scoring import OptionScore
from scicot.pure.methods.registry import make_config
from scicot.pure.predictions.stripping import Cuts
from scicot.services.students.answers import answer_questions
from scicot.services.training import methods
from scicot.services.training.data import TrainingData
from scicot.words.configs import TrainingConfig
from scicot.words.records import Split, StoredQuestion
from tests.builders import make_question

GOLDEN = Path(__file__).parents[2] / "golden" / "student_texts.json"
CASES: dict[str, dict[str, Any]] = {
    "finetune": {"method": "finetune"},
    "one_stage": {"method": "one_stage"},
    "sci_cot": {"method": "sci_cot"},
    "sci_cot cross_fit": {"method": "sci_cot", "stage2_rationales": "cross_fit", "folds": 2},
    "sci_cot teacher": {"method": "sci_cot", "stage2_rationales": "teacher"},
    "sci_cot from stage 1": {"method": "sci_cot", "stage2_init": "stage1"},
    "step_by_step": {"method": "step_by_step", "rationale_weight": 0.5},
    "answer_first": {"method": "answer_first"},
    "untrained": {"method": "untrained"},
    "finetune text": {"method": "finetune", "answer_form": "text", "show_options": False},
    "finetune letter": {"method": "finetune", "answer_form": "letter"},
    "one_stage text": {"method": "one_stage", "answer_form": "text"},
    "sci_cot text": {"method": "sci_cot", "answer_form": "text", "strip_answer": "sentence"},
}


def make_data() -> TrainingData:
    """Return training and validation questions with every oddity that a text has to bear."""
    moon = make_question("Q1", question_id=1)
    digits = make_question(
        "Q2",
        "How many\n legs  has an insect?",
        (("1", "four"), ("2", "4"), ("3", " six\tlegs "), ("4", "2")),
        "3",
        2,
    )
    six = make_question(
        "Q3", "Which é flies — or falls?", tuple((one, f"thing {one}") for one in "ABCDEF"), "F", 3
    )
    seen = make_question(
        "V1",
        "Which pulls iron?",
        (("A", "a magnet"), ("B", "a leaf")),
        "A",
        4,
        Split.VALIDATION,
    )
    rationales = {
        1: "The earth turns once\na day.  Seven days are a week.",
        2: "Rationale: insects have six legs",
        3: "It falls. The answer is (F).",
    }
    return TrainingData(train=[moon, digits, six], validation=[seen], rationales=rationales)


@dataclass
class Script:
    """Stands for a run's students: it writes texts by rule and keeps what it was given."""

    config: TrainingConfig
    stages: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    cuts: Cuts = field(default_factory=Cuts)
    split: str = "test"

    @property
    def watcher(self) -> Any:
        def nothing(*_: Any, **_named: Any) -> None:
            """Take note of nothing."""

        return SimpleNamespace(expect=nothing, finish_part=nothing)

    def parts(self, _family: Any, inputs: Sequence[str]) -> list[list[int]]:
        """Ask everything at once."""
        return [list(range(len(inputs)))]

    def has_one_student(self, *_: Any) -> bool:
        """Have one to write and another to score."""
        return False

    def how(self, _limit: int) -> list[Any]:
        """Have nothing else that decides."""
        return []

    def read(self, *_: Any) -> None:
        """Have nothing from before."""

    def keep(self, *_: Any) -> None:
        """Keep nothing."""

    def ensure(self, _watcher: Any, plan: Any, _student: Any, _config: Any) -> Any:
        """Keep a stage's texts instead of training it."""
        content = {
            "role": plan.role,
            "starts from": plan.init.role if plan.init else None,
            "tasks": [_task(task) for task in plan.tasks],
            "validation": _validation(plan.validation) if plan.validation else None,
        }
        self.stages.append(content)
        return SimpleNamespace(role=plan.role, seconds=0.0, hash=plan.role, family=None)

    def generate(self, stage: Any, inputs: Sequence[str], limit: int, what: str) -> list[str]:
        """Write one of four kinds of text for each input."""
        self.asked.append({"role": stage.role, "inputs": list(inputs)})
        kinds = (
            "Rationale: it turns.",
            "no prefix, no end",
            "",
            "Rationale: so it is. Answer: The answer is (A) One day",
        )
        return [kinds[len(text) % 4] for text in inputs]

    def write(
        self, stage: Any, inputs: Sequence[str], limit: int, what: str, _: Any, __: Any = None
    ) -> list[str]:
        """Write in a group what is written without one."""
        return self.generate(stage, inputs, limit, what)

    def count_unended(self, *_: Any) -> None:
        """Count nothing."""

    def score(
        self, stage: Any, inputs: Sequence[str], options: Any, given: Sequence[str | None], _: Any
    ) -> list[list[OptionScore]]:
        """Score the options by their place."""
        asked = {"inputs": list(inputs), "options": options, "given": list(given)}
        self.asked.append({"role": stage.role} | asked)
        return [[OptionScore(-float(place), 0.0) for place, _ in enumerate(row)] for row in options]

    def are_cut(self, _stage: Any, texts: Sequence[str], _limit: int) -> list[bool]:
        """Let every text have come to its end."""
        return [False for _ in texts]

    def codec(self, _stage: Any) -> Any:
        """Count words for tokens."""
        return SimpleNamespace(cut_text=lambda text, limit: " ".join(text.split()[:limit]))

    def close(self, _stage: Any) -> None:
        """Have nothing to let go of."""


def _task(task: Any) -> dict[str, Any]:
    pairs = [[one.question_id, one.input, one.target] for one in task.examples]
    return {"weight": task.weight, "examples": pairs}


def _validation(validation: Any) -> dict[str, Any]:
    loss = _task(validation.task) if validation.task else {}
    chosen = [
        [one.question_id, one.input, one.after, list(one.options), one.right]
        for one in validation.choosing
    ]
    return loss | {"choosing": chosen, "writes": validation.writes > 0}


def record(settings: dict[str, Any], patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return all that a run of these settings says to its students."""
    config = make_config(dataset="demo", snapshot="approved", selection="validation", **settings)
    script, data = Script(config), make_data()
    patch.setattr(methods, "ensure_stage", script.ensure)
    stages = methods.train_method(cast(Any, script), cast(Any, None), data)
    asked: list[StoredQuestion] = [*data.train, *data.validation]
    predictions = answer_questions(cast(Any, script), stages, asked)
    read = [[one.rationale, one.label, one.option_label] for one in predictions]
    return {"stages": script.stages, "asked": script.asked, "read": read}


@pytest.mark.parametrize("name", CASES)
def test_the_texts_a_student_sees_are_the_golden_ones(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = json.loads(json.dumps(record(CASES[name], monkeypatch)))
    golden = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    if os.environ.get("SCICOT_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(golden | {name: found}, indent=1, ensure_ascii=False) + "\n")
    else:
        assert found == golden[name]
