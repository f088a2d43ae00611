"""Carry out any method's plan: its stages in order, on the texts that the plan names."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from scicot.adapters.students.folders import StudentFolder
from scicot.pure.methods.plan import (
    FOLD,
    Reads,
    StageSpec,
    TaskSpec,
    Writes,
    find_choosing,
    find_writing,
)
from scicot.pure.methods.registry import plan_of
from scicot.pure.methods.tasks import (
    EVEN,
    HARD,
    NOTHING,
    Rationales,
    Task,
    Validation,
    count_seen,
    join_tasks,
    make_choosing,
    make_other_options,
    make_task,
)
from scicot.pure.students.steps import Schedule
from scicot.pure.students.texts import form_of
from scicot.pure.training.fractions import split_folds
from scicot.services.students.answering import Answering
from scicot.services.students.answers import as_read, rationale_room, write_rationales
from scicot.services.students.stage_training import ensure_stage
from scicot.services.students.stages import StagePlan, TrainedStage
from scicot.services.training.data import TrainingData
from scicot.words.configs import TrainingConfig
from scicot.words.records import StoredQuestion

Stages = dict[str, TrainedStage]
SELECTION = "validation for selection"  # what was written there, as outputs are counted


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
        self.plan = plan_of(answering.config)
        self.student = student
        self.data = data
        self.stages: Stages = {}
        self.read: dict[Reads, Rationales] = {}  # what stages learned from, as they read it

    def train(self) -> None:
        """Train every stage of the plan."""
        for spec in self.plan.stages:
            read = {task.reads: self._read(task.reads) for task in spec.tasks if task.reads}
            self.read |= read
            validation = self._validation(spec) if self.data.validation else None
            init = self.stages[spec.starts_from] if spec.starts_from else None
            tasks = make_tasks(spec, self.config, self.data, read=read)
            self._ensure(StagePlan(spec.role, spec.role, tasks, validation, init))

    def _read(self, reads: Reads) -> Rationales:
        """Return the rationale that each training question is read with."""
        if reads.training == "teacher":
            return self.data.rationales  # cut as `strip_answer` says when they were read
        if reads.training == "cross_fit":
            return self._write_cross_fit(reads)
        return self._write(reads.writer, self.stages[reads.writer], self.data.train)

    def _write_cross_fit(self, reads: Reads) -> dict[int, str]:
        """Return r' for each training question, by a student that never saw that question."""
        written: dict[int, str] = {}
        for plan in plan_folds(self.plan.stage(reads.writer), reads, self.config, self.data):
            seen = {example.question_id for example in plan.tasks[0].examples}
            held_out = [question for question in self.data.train if question.id not in seen]
            stage = self._ensure(plan)
            written |= self._write(reads.writer, stage, held_out)
            self.answering.close(stage)  # nobody asks a fold's student again
        return written

    def _validation(self, spec: StageSpec) -> Validation | None:
        """Return what tells the stage's good weights from bad ones on the validation split."""
        task = find_choosing(spec)
        read = NOTHING
        if task and task.reads and task.reads.writer in self.stages:
            writer = task.reads.writer
            read = self._write(writer, self.stages[writer], self.data.validation)
        return make_validation(spec, self.config, self.data, read)

    def _ensure(self, plan: StagePlan) -> TrainedStage:
        examples = count_seen(plan.tasks[0].examples, self.config) if plan.tasks else 0
        self.watcher.expect(_training_work(self.config, examples))
        stage = ensure_stage(self.watcher, plan, self.student, self.config)
        self.stages[plan.role] = stage
        self.watcher.finish_part(f"train {plan.role}", stage.seconds, role=plan.role)
        return stage

    def _write(
        self, writer: str, stage: TrainedStage, questions: Sequence[StoredQuestion]
    ) -> dict[int, str]:
        started = time.monotonic()
        what, kind, split = "for training", "written for training", "training"
        if questions is self.data.validation:  # the run may be measured on that split too
            what, kind, split = "for validation", "written for selection", SELECTION
        self.answering.split = split
        raw = write_rationales(
            self.answering, stage, questions, find_writing(self.plan.stage(writer))
        )
        cuts = self.answering.cuts
        written = {key: as_read(self.config, text, cuts, kind) or "" for key, text in raw.items()}
        self.watcher.finish_part(f"write {stage.role} {what}", time.monotonic() - started)
        return written


def train_method(answering: Answering, student: StudentFolder, data: TrainingData) -> Stages:
    """Return the run's stages by role."""
    training = MethodTraining(answering, student, data)
    training.train()
    return training.stages


def make_tasks(
    spec: StageSpec,
    config: TrainingConfig,
    data: TrainingData,
    *,
    read: Mapping[Reads, Rationales] | None = None,
) -> list[Task]:
    """Return a stage's examples; `read` are the rationales for each task that reads some."""
    given = read or {}
    is_several = any(map(_uses_snapshot, spec.tasks))
    rounds = data.rounds if is_several else data.rounds[:1]
    by_round = [
        _round_tasks(spec, config, data, place, texts, given) for place, texts in enumerate(rounds)
    ]
    tasks = [join_tasks(tasks) for tasks in zip(*by_round, strict=True)]
    return [
        join_tasks([task, make_other_options(of, data.train, data.others, form_of(config))])
        if of.other_options
        else task
        for of, task in zip(spec.tasks, tasks, strict=True)
    ]


def _uses_snapshot(task: TaskSpec) -> bool:
    """Return whether a task learns or reads the snapshot's texts, of which there may be several."""
    is_read = task.reads is not None and task.reads.training == "teacher"
    return task.writes is not Writes.ANSWER or is_read


def _round_tasks(
    spec: StageSpec,
    config: TrainingConfig,
    data: TrainingData,
    place: int,
    texts: Rationales,
    given: Mapping[Reads, Rationales],
) -> list[Task]:
    """Return a stage's examples with the best text of each question, the second, and so on."""
    questions = data.train
    if place:  # those that have so many
        questions = [question for question in data.train if question.id in texts]
    weights = data.weights(place, config)
    tasks = []
    for task in spec.tasks:
        read = given.get(task.reads, NOTHING) if task.reads else NOTHING
        if place and task.reads and task.reads.training == "teacher":
            read = texts
        tasks.append(
            make_task(
                task,
                questions,
                targets=texts,
                read=read,
                form=form_of(config),
                weights=weights if _uses_snapshot(task) else EVEN,
                shares=data.shares if task.soft else HARD,
            )
        )
    return tasks


def make_validation(
    spec: StageSpec, config: TrainingConfig, data: TrainingData, read: Rationales = NOTHING
) -> Validation | None:
    """Return what tells a stage's good weights from bad ones on the validation split.

    Where it names a choice, the options that it scores highest, and between equals the loss; where
    it only writes rationales, the loss on the approved ones of that split. None where the split
    has nothing of this.
    """
    if not spec.tasks:
        return None
    task, form = find_choosing(spec) or find_writing(spec), form_of(config)
    has_target = data.validation_rationales
    questions = [
        question
        for question in data.validation
        if (task.writes is Writes.ANSWER or question.id in has_target)
        and (task.writes is Writes.RATIONALE or question.is_labelled)
    ]
    loss = make_task(task, questions, targets=has_target, read=read, form=form)
    choosing = (
        make_choosing(task, data.validation, read=read, form=form)
        if task.writes is not Writes.RATIONALE
        else ()
    )
    if not questions and not choosing:
        return None
    writes = rationale_room(config) if task.writes is Writes.RATIONALE_THEN_ANSWER else 0
    return Validation(loss if questions else None, choosing, writes)


def plan_folds(
    writer: StageSpec, reads: Reads, config: TrainingConfig, data: TrainingData
) -> list[StagePlan]:
    """Return the students that write for the questions of one fold, each trained on the others."""
    plans = []
    folds = split_folds(data.train, min(reads.folds, len(data.train)), config.seed)
    for number, fold in enumerate(folds):
        held_out = {question.id for question in fold}
        others = [question for question in data.train if question.id not in held_out]
        tasks = make_tasks(writer, config, replace(data, train=others))
        validation = make_validation(writer, config, data)
        plans.append(StagePlan(writer.role, f"{FOLD}{number}", tasks, validation))
    return plans


def plan_known_stages(config: TrainingConfig, data: TrainingData) -> list[StagePlan]:
    """Return the stages whose texts are known before anything is trained, folds included.

    A stage is not known that reads what one of them writes, or starts from its weights.
    """
    plan = plan_of(config)
    known: list[StagePlan] = []
    for spec in plan.stages:
        reads = [task.reads for task in spec.tasks if task.reads]
        for needed in reads:
            if needed.training == "cross_fit":
                known += plan_folds(plan.stage(needed.writer), needed, config, data)
        if spec.starts_from or any(read.training != "teacher" for read in reads):
            continue
        if reads and data.validation:  # those are read with what a stage wrote
            continue
        read = dict.fromkeys(reads, data.rationales)
        validation = make_validation(spec, config, data)
        tasks = make_tasks(spec, config, data, read=read)
        known.append(StagePlan(spec.role, spec.role, tasks, validation))
    return known


def count_work(config: TrainingConfig, data: TrainingData) -> int:
    """Return the work of training in questions: passes of each stage, and texts to write."""
    plan, work = plan_of(config), 0
    for spec in plan.stages:
        reads = [task.reads for task in spec.tasks if task.reads]
        work += _stage_work(spec, config, data) if spec.tasks else 0
        for needed in (read for read in reads if read.training == "cross_fit"):
            work += _stage_work(plan.stage(needed.writer), config, data) * (needed.folds - 1)
        work += count_written(spec, data)
    return work


def _stage_work(spec: StageSpec, config: TrainingConfig, data: TrainingData) -> int:
    """Return a stage's work in examples seen, over all epochs."""
    return _training_work(config, count_examples(spec, config, data))


def count_examples(spec: StageSpec, config: TrainingConfig, data: TrainingData) -> int:
    """Return how many examples of one task a stage sees in an epoch."""
    if config.per_question == "one_an_epoch":
        return len(data.train)
    more = sum(map(len, data.more)) if any(map(_uses_snapshot, spec.tasks)) else 0
    others = len(data.others) if any(task.other_options for task in spec.tasks) else 0
    return len(data.train) + more + others


def _training_work(config: TrainingConfig, questions: int) -> int:
    """Return a stage's work: how often its questions are seen, taken together."""
    if not questions:
        return 0
    schedule = Schedule(questions, config.questions_per_step, config.epochs, config.steps)
    return round(questions * schedule.passes)


def count_written(spec: StageSpec, data: TrainingData) -> int:
    """Return how many rationales other stages write so that this one can be trained."""
    reads = [task.reads for task in spec.tasks if task.reads]
    own = sum(len(data.train) for read in reads if read.training != "teacher")
    return own + len(reads) * len(data.validation)
