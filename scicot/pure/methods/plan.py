"""What a method is: which stages it trains on which texts, and how it answers.

A method says so in records; `services/training/methods.py` carries any plan out, and
`services/students/answers.py` answers by any. Nothing outside this folder asks which method it has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from scicot.words.asking_configs import LessonKind
from scicot.words.configs import Config, TrainingConfig
from scicot.words.records import RunKind

FOLD = "fold_"  # how the role of a fold's student begins; the fold's number follows
OwnAnswerRule = Literal["right", "not_wrong"]
Written = Literal["in_sample", "cross_fit", "teacher"]  # which rationales a stage trains on


class Writes(StrEnum):
    """What a task's target holds: r, a, or both in one."""

    RATIONALE = "rationale"
    ANSWER = "answer"
    RATIONALE_THEN_ANSWER = "rationale and answer"
    ANSWER_THEN_RATIONALE = "answer and rationale"


@dataclass(frozen=True, slots=True)
class Reads:
    """A rationale in a task's input: at test what the stage `writer` wrote for the question.

    In training `in_sample`: what it wrote for the questions that it was trained on; `cross_fit`:
    what students of `folds` folds wrote for questions they never saw; `teacher`: the snapshot's.
    """

    writer: str
    training: Written = "in_sample"
    folds: int = 0


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One kind of example: its input is prefix, x and what it reads; the weight is of its loss.

    Two kinds of lessons of a teacher may be learned beside. `other_options`: what examples weigh
    that read its rationale for another option and answer with that one; 0: there are none.
    `soft`: how much of the deciding token's loss goes by its probabilities of the options.
    """

    writes: Writes
    prefix: str = ""
    reads: Reads | None = None
    weight: float = 1.0
    other_options: float = 0.0
    soft: float = 0.0


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One model: its role in the run, its tasks (none: it stays as it is), where it starts from.

    `starts_from` is the role of an earlier stage; None: the student itself.
    """

    role: str
    tasks: tuple[TaskSpec, ...]
    starts_from: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A stage asked at test, and as which of its tasks."""

    role: str
    task: TaskSpec


@dataclass(frozen=True, slots=True)
class AnswerSpec:
    """How a question is answered: who answers, and who writes the rationale before, if anyone.

    The rationale is part of the input where the answering task reads one; else it is there to be
    read by people. A task that writes both writes its own.
    """

    answer: Asked
    rationale: Asked | None = None

    @property
    def reads_rationale(self) -> bool:
        """True when the answer is made from a rationale that another stage wrote."""
        return self.answer.task.reads is not None

    @property
    def writes_first(self) -> bool:
        """True when rationale and answer are one output; options are scored after the former."""
        return self.answer.task.writes is Writes.RATIONALE_THEN_ANSWER

    @property
    def writes_after(self) -> bool:
        """True when the answer comes first and its rationale after it, in one output."""
        return self.answer.task.writes is Writes.ANSWER_THEN_RATIONALE

    @property
    def writes_both(self) -> bool:
        """True when one output holds rationale and answer, in whatever order."""
        return self.writes_first or self.writes_after

    @property
    def passes(self) -> int:
        """How often a question is worked on: texts to write, and its options to score."""
        return 2 + (self.rationale is not None)


@dataclass(frozen=True, slots=True)
class MethodPlan:
    """The stages in the order in which they are trained, and how the trained ones answer."""

    stages: tuple[StageSpec, ...]
    answers: AnswerSpec

    @property
    def needs_rationales(self) -> bool:
        """True when something is trained on a rationale."""
        tasks = [task for stage in self.stages for task in stage.tasks]
        return any(task.writes is not Writes.ANSWER or task.reads for task in tasks)

    @property
    def needs_questions(self) -> bool:
        """True when something is trained at all."""
        return any(stage.tasks for stage in self.stages)

    def stage(self, role: str) -> StageSpec:
        """Return the stage of this role; a fold's student is one of the stage that writes."""
        return next(stage for stage in self.stages if stage.role == role)


@dataclass(frozen=True, slots=True)
class Recipe:
    """By which rationales a method is told from another of the same plan: its snapshot's texts.

    `own_answer` is what the teacher, without the key, comes to; an experiment that has no such
    snapshot freezes one of up to `per_question` texts. `is_several` refuses one text a question.
    """

    own_answer: OwnAnswerRule
    per_question: int = 1
    is_several: bool = False


def train_one(role: str, task: TaskSpec) -> Callable[[Any], MethodPlan]:
    """Return the plan, whatever the settings, of a method whose one student answers alone."""
    whole = MethodPlan((StageSpec(role, (task,)),), AnswerSpec(Asked(role, task)))
    return lambda _config: whole


@dataclass(frozen=True, slots=True)
class Lessons:
    """What of a teacher's is learned beside rationales, and the setting that names its run."""

    kind: LessonKind
    setting: str


@dataclass(frozen=True)
class Method:
    """A method by name: what people read of it, its settings, and its plan under settings.

    `paper_tables` are those of the paper's that have it. `plan` is None where no student of ours
    answers: such a run is of another kind. With a `recipe` it is a method for its rationales' sake.
    `lessons` are what a teacher is asked for beside rationales.
    """

    name: str
    title: str
    about: str
    source: str
    config: type[Config]
    plan: Callable[[Any], MethodPlan] | None
    run_kind: RunKind = RunKind.TRAIN
    paper_tables: tuple[str, ...] = ()
    recipe: Recipe | None = None
    lessons: Lessons | None = None

    @property
    def own_settings(self) -> tuple[str, ...]:
        """The settings that only runs of this method have."""
        if not issubclass(self.config, TrainingConfig):
            return ()
        common = TrainingConfig.model_fields
        return tuple(name for name in self.config.model_fields if name not in common)

    @cached_property
    def usual(self) -> MethodPlan | None:
        """The plan under the default settings."""
        defaults: Any = {"method": self.name, "dataset": ""}
        return self.plan and self.plan(self.config.model_construct(**defaults))


def is_fold(role: str) -> bool:
    """Return whether a role is that of a student trained for the rationales of one fold."""
    return role.startswith(FOLD)


def find_writing(stage: StageSpec) -> TaskSpec:
    """Return the task as which a stage writes rationales."""
    return next(task for task in stage.tasks if task.writes is not Writes.ANSWER)


def find_choosing(stage: StageSpec) -> TaskSpec | None:
    """Return the task as which a stage names a choice, at once or after a rationale, or None."""
    return next((task for task in stage.tasks if task.writes is not Writes.RATIONALE), None)


def describe_stage(stage: StageSpec) -> str:
    """Return what a stage reads and writes, to follow "it reads"."""
    if not stage.tasks:
        return "what it was made to read: it was not trained here"
    return "; or ".join(_describe(task) for task in stage.tasks)


def _describe(task: TaskSpec) -> str:
    prefix = f"'{task.prefix}' and " if task.prefix else ""
    rationale = " and a rationale" if task.reads else ""
    writes = {
        Writes.RATIONALE: "a rationale",
        Writes.ANSWER: "the answer",
        Writes.RATIONALE_THEN_ANSWER: "rationale and answer",
        Writes.ANSWER_THEN_RATIONALE: "the answer and then its rationale",
    }[task.writes]
    return f"{prefix}a question{rationale}, and writes {writes}"
