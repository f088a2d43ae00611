"""What a stage is: its plan, the hash of everything that decides it, and its row once trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import StageRow
from scicot.adapters.students.folders import StudentFolder
from scicot.adapters.students.machine import resolve_precision
from scicot.adapters.students.training.identity import engine_version
from scicot.pure.hashing import content_hash
from scicot.pure.methods.tasks import Task, Validation, draws
from scicot.words.configs import TrainingConfig
from scicot.words.records import Family

# The settings that decide a stage's weights; the others decide what is done with them.
DECIDING = (
    "seed",
    "epochs",
    "steps",
    "questions_per_step",
    "deciding_weight",
    "learning_rate",
    "warmup_fraction",
    "weight_decay",
    "gradient_clip",
    "tokens_per_batch",
    "max_input_tokens",
    "max_target_tokens",
    "selection",
)


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One model to train: its role in the run, its texts and where it starts from.

    `name` is the role in the method's plan, which the folds' students share. Without tasks the
    student stays as it is. `init` is the stage whose weights it starts from; None: the student.
    """

    name: str
    role: str
    tasks: Sequence[Task]
    validation: Validation | None = None
    init: TrainedStage | None = None


@dataclass(frozen=True, slots=True)
class TrainedStage:
    """A stage that is there: its folder, and what its training gave."""

    hash: str
    role: str
    folder: Path
    family: Family
    reused: bool
    seconds: float
    result: Mapping[str, Any]

    def summary(self) -> dict[str, Any]:
        """Return what a run's result says about the stage; a reused one cost 0 seconds."""
        return {"hash": self.hash, "reused": self.reused, "seconds": self.seconds} | dict(
            self.result
        )


def hash_stage(plan: StagePlan, student: StudentFolder, config: TrainingConfig, device: str) -> str:
    """Return the hash of all that decides the stage's weights.

    Question ids are left out: they are this database's own. `device` is the setting; it decides
    the precision, and the last bits of weights, which are the same on the same device alone.
    """
    if not plan.tasks:
        return content_hash({"engine": engine_version(), "as it is": student.fingerprint})
    chosen = config.model_dump(mode="json", include=set(DECIDING))
    if config.steps is not None:
        del chosen["epochs"]
    is_weighted = config.deciding_weight != 1
    is_drawn = draws(plan.tasks[0].examples, config)
    return content_hash(
        ({"per question": config.per_question} if is_drawn else {})
        | ({"lora rank": config.lora_rank} if config.lora_rank else {})
        | {
            "engine": engine_version(),
            "student": plan.init.hash if plan.init else student.fingerprint,
            "settings": chosen,
            "precision": resolve_precision(config.precision, device),
            "tasks": [_content(task, is_weighted) for task in plan.tasks],
            "validation": _selects_by(plan.validation, config)
            if plan.validation and config.selection == "validation"
            else None,
        }
    )


def _content(task: Task, is_weighted: bool) -> list[Any]:
    """Return what decides a stage's weights; which words decide does so only if they weigh more."""
    texts = [
        [
            example.input,
            example.target,
            *([example.deciding] if is_weighted else []),
            *([example.weight] if example.weight != 1 else []),
            *([[example.soft.weight, *example.soft.options]] if example.soft else []),
        ]
        for example in task.examples
    ]
    return [task.weight, texts]


def _selects_by(validation: Validation, config: TrainingConfig) -> list[Any]:
    """Return what decides which weights are kept."""
    loss = _content(validation.task, False) if validation.task else []
    if not validation.choosing:
        return loss
    chosen = [
        [question.input, question.after, *question.options, question.right]
        for question in validation.choosing
    ]
    return [loss, chosen, validation.writes, config.answer_form]


def find_stage(session: Session, stage_hash: str) -> StageRow | None:
    """Return the row of a finished stage, or None."""
    return session.scalar(select(StageRow).where(StageRow.hash == stage_hash))
