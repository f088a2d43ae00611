"""Which stages a method trains, in which order, on which texts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from scicot.adapters.students.folders import StudentFolder
from scicot.pure.fractions import split_folds
from scicot.pure.methods import (
    Task,
    answer_tasks,
    one_stage_tasks,
    rationale_tasks,
    step_by_step_tasks,
)
from scicot.pure.prompts import PREDICT_TASK, question_text
from scicot.services.answering import Answering
from scicot.services.method_answers import write_rationales
from scicot.services.stages import StagePlan, TrainedStage, ensure_stage
from scicot.services.training_data import TrainingData
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example, Method, Question, Stage

Stages = dict[str, TrainedStage]


class MethodTraining:
    """Trains the stages of one run."""

    def __init__(
        self,
        answering: Answering,
        student: StudentFolder,
        data: TrainingData,
    ) -> None:
        self.answering = answering
        self.watcher = answering.watcher
        self.config = answering.config
        self.student = student
        self.data = data
        self.stages: Stages = {}
        self.seconds: dict[str, float] = {}

    def train(self) -> None:
        """Train every stage of the method."""
        data, config = self.data, self.config
        if config.method is Method.FINETUNE:
            validation = answer_tasks(data.validation)[0]
            self._ensure(Stage.ANSWER, "answer", answer_tasks(data.train), validation)
        elif config.method is Method.ONE_STAGE:
            tasks = one_stage_tasks(data.train, data.rationales)
            self._ensure(Stage.ONE_STAGE, "one_stage", tasks, None)
        elif config.method is Method.STEP_BY_STEP:
            tasks = step_by_step_tasks(data.train, data.rationales, config.rationale_weight)
            self._ensure(Stage.STEP_BY_STEP, "step_by_step", tasks, _predict_task(data.validation))
        else:
            self._train_sci_cot()

    def _train_sci_cot(self) -> None:
        """Train stage 1 on r, let it write r', and train stage 2 on x + r'."""
        data, config = self.data, self.config
        first = self._ensure(
            Stage.RATIONALE, "rationale", rationale_tasks(data.train, data.rationales), None
        )
        if config.stage2_rationales == "teacher":
            written: Mapping[int, str] = data.rationales
        elif config.stage2_rationales == "cross_fit":
            written = self._write_cross_fit()
        else:
            written = self._write("rationale", first, data.train)
        validation = None
        if data.validation:
            seen = self._write("rationale", first, data.validation)
            validation = answer_tasks(data.validation, seen)[0]
        init = first if config.stage2_init == "stage1" else None
        tasks = answer_tasks(data.train, written)
        self._ensure(Stage.ANSWER, "answer", tasks, validation, init)

    def _write_cross_fit(self) -> dict[int, str]:
        """Return r' for each training question, by a student that never saw that question."""
        data, config = self.data, self.config
        written: dict[int, str] = {}
        folds = split_folds(data.train, min(config.folds, len(data.train)), config.seed)
        for number, fold in enumerate(folds):
            held_out = {one.id for one in fold}
            others = [one for one in data.train if one.id not in held_out]
            role = f"fold_{number}"
            tasks = rationale_tasks(others, data.rationales)
            stage = self._ensure(Stage.RATIONALE, role, tasks, None)
            written |= self._write(role, stage, fold)
        return written

    def _ensure(
        self,
        name: Stage,
        role: str,
        tasks: Sequence[Task],
        validation: Task | None,
        init: TrainedStage | None = None,
    ) -> TrainedStage:
        examples = len(tasks[0].examples)
        self.watcher.expect(round(examples * self.config.epochs))
        has_validation = validation is not None and len(validation.examples) > 0
        plan = StagePlan(name, role, tasks, validation if has_validation else None, init)
        stage = ensure_stage(self.watcher, plan, self.student, self.config)
        self.stages[role] = stage
        self.seconds[f"train {role}"] = stage.seconds
        return stage

    def _write(
        self, role: str, stage: TrainedStage, questions: Sequence[Question]
    ) -> dict[int, str]:
        started = time.monotonic()
        written = write_rationales(self.answering, stage, questions)
        spent = self.seconds.get(f"write {role}", 0.0) + time.monotonic() - started
        self.seconds[f"write {role}"] = round(spent, 2)
        return written


def train_method(
    answering: Answering, student: StudentFolder, data: TrainingData
) -> tuple[Stages, dict[str, float]]:
    """Return the run's stages by role, and the seconds that each part took."""
    training = MethodTraining(answering, student, data)
    training.train()
    return training.stages, training.seconds


def count_work(config: TrainingConfig, data: TrainingData) -> int:
    """Return the work of training in questions: passes of each stage, and texts to write."""
    questions = len(data.train)
    a_stage = round(questions * config.epochs)
    if config.method is not Method.SCI_COT:
        return a_stage
    work = 2 * a_stage + len(data.validation)
    if config.stage2_rationales == "in_sample":
        work += questions
    elif config.stage2_rationales == "cross_fit":
        work += questions + round(a_stage * (config.folds - 1))
    return work


def _predict_task(questions: Sequence[Question]) -> Task:
    plain = answer_tasks(questions)[0]
    return Task(
        tuple(
            Example(made.question_id, PREDICT_TASK + question_text(one), made.target)
            for one, made in zip(questions, plain.examples, strict=True)
        )
    )
