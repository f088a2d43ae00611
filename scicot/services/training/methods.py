"""Which stages a method trains, in which order, on which texts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from scicot.adapters.students.folders import StudentFolder
from scicot.pure.methods.methods import (
    Task,
    answer_tasks,
    one_stage_tasks,
    rationale_tasks,
    step_by_step_tasks,
)
from scicot.pure.students.steps import Schedule
from scicot.pure.students.texts import PREDICT_TASK, question_text
from scicot.pure.training.fractions import split_folds
from scicot.services.students.answering import Answering
from scicot.services.students.answers import write_rationales
from scicot.services.students.stages import StagePlan, TrainedStage, ensure_stage
from scicot.services.training.data import TrainingData
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example, Method, Stage, StoredQuestion

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

    def train(self) -> None:
        """Train every stage of the method."""
        first, *folds = plan_first_stages(self.config, self.data)
        stage = self._ensure(first)
        if self.config.method is Method.SCI_COT:
            self._train_answering(stage, folds)

    def _train_answering(self, first: TrainedStage, folds: Sequence[StagePlan]) -> None:
        """Train stage 2 on x + r', where r' is what the setting says."""
        data, config = self.data, self.config
        if config.stage2_rationales == "teacher":
            written: Mapping[int, str] = data.rationales
        elif config.stage2_rationales == "cross_fit":
            written = self._write_cross_fit(folds)
        else:
            written = self._write("rationale", first, data.train)
        validation = None
        if data.validation:
            seen = self._write("rationale", first, data.validation)
            validation = answer_tasks(data.validation, seen)[0]
        init = first if config.stage2_init == "stage1" else None
        tasks = answer_tasks(data.train, written)
        self._ensure(StagePlan(Stage.ANSWER, "answer", tasks, validation, init))

    def _write_cross_fit(self, folds: Sequence[StagePlan]) -> dict[int, str]:
        """Return r' for each training question, by a student that never saw that question."""
        written: dict[int, str] = {}
        for plan in folds:
            seen = {one.question_id for one in plan.tasks[0].examples}
            held_out = [one for one in self.data.train if one.id not in seen]
            stage = self._ensure(plan)
            written |= self._write(plan.role, stage, held_out)
            self.answering.close(stage)  # nobody asks a fold's student again
        return written

    def _ensure(self, plan: StagePlan) -> TrainedStage:
        self.watcher.expect(_training_work(self.config, len(plan.tasks[0].examples)))
        stage = ensure_stage(self.watcher, plan, self.student, self.config)
        self.stages[plan.role] = stage
        self.watcher.finish_part(f"train {plan.role}", stage.seconds, role=plan.role)
        return stage

    def _write(
        self, role: str, stage: TrainedStage, questions: Sequence[StoredQuestion]
    ) -> dict[int, str]:
        started = time.monotonic()
        written = write_rationales(self.answering, stage, questions)
        what = "for validation" if questions is self.data.validation else "for training"
        self.watcher.finish_part(f"write {role} {what}", time.monotonic() - started)
        return written


def train_method(answering: Answering, student: StudentFolder, data: TrainingData) -> Stages:
    """Return the run's stages by role."""
    training = MethodTraining(answering, student, data)
    training.train()
    return training.stages


def plan_first_stages(config: TrainingConfig, data: TrainingData) -> list[StagePlan]:
    """Return the stages whose texts are known before anything is trained.

    All but stage 2 of sci_cot; with cross_fit the students of the folds follow the first.
    """
    if config.method is Method.FINETUNE:
        validation = answer_tasks(data.validation)[0] if data.validation else None
        return [StagePlan(Stage.ANSWER, "answer", answer_tasks(data.train), validation)]
    if config.method is Method.ONE_STAGE:
        tasks = one_stage_tasks(data.train, data.rationales)
        return [StagePlan(Stage.ONE_STAGE, "one_stage", tasks)]
    if config.method is Method.STEP_BY_STEP:
        tasks = step_by_step_tasks(data.train, data.rationales, config.rationale_weight)
        validation = _predict_task(data.validation) if data.validation else None
        return [StagePlan(Stage.STEP_BY_STEP, "step_by_step", tasks, validation)]
    tasks = rationale_tasks(data.train, data.rationales)
    plans = [StagePlan(Stage.RATIONALE, "rationale", tasks)]
    if config.stage2_rationales == "cross_fit":
        folds = split_folds(data.train, min(config.folds, len(data.train)), config.seed)
        for number, fold in enumerate(folds):
            held_out = {one.id for one in fold}
            others = [one for one in data.train if one.id not in held_out]
            tasks = rationale_tasks(others, data.rationales)
            plans.append(StagePlan(Stage.RATIONALE, f"fold_{number}", tasks))
    return plans


def count_work(config: TrainingConfig, data: TrainingData) -> int:
    """Return the work of training in questions: passes of each stage, and texts to write."""
    questions = len(data.train)
    a_stage = _training_work(config, questions)
    if config.method is not Method.SCI_COT:
        return a_stage
    work = 2 * a_stage + len(data.validation)
    if config.stage2_rationales == "in_sample":
        work += questions
    elif config.stage2_rationales == "cross_fit":
        work += questions + round(a_stage * (config.folds - 1))
    return work


def _training_work(config: TrainingConfig, questions: int) -> int:
    """Return a stage's work: how often its questions are seen, taken together."""
    schedule = Schedule(questions, config.questions_per_step, config.epochs, config.steps)
    return round(questions * schedule.passes)


def _predict_task(questions: Sequence[StoredQuestion]) -> Task:
    plain = answer_tasks(questions)[0]
    return Task(
        tuple(
            Example(made.question_id, PREDICT_TASK + question_text(one), made.target)
            for one, made in zip(questions, plain.examples, strict=True)
        )
    )
