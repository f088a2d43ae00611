"""Measure what rationales are worth to a student, in a run of its own.

A question that the student trained on is judged by students that did not: with the run's own
settings one is trained on each half of such questions and judges the other half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import QuestionRow, RationaleRow, RevisionRow, WorthRow
from scicot.adapters.students.folders import check_student_name, find_student
from scicot.adapters.students.scoring import OptionScore
from scicot.adapters.students.stage_files import clear_work
from scicot.pure.methods.registry import make_config, plan_of
from scicot.pure.students.texts import form_of, question_with_rationale, rationale_text
from scicot.pure.training.fractions import split_folds
from scicot.pure.worth.measure import measure_worth
from scicot.services.questions.lookup import find_dataset_id, get_questions
from scicot.services.runs.runs import create_run, get_run
from scicot.services.runs.worker import RunContext
from scicot.services.students.answering import Answering
from scicot.services.students.answers import as_read, option_texts
from scicot.services.students.stages import TrainedStage
from scicot.services.students.trained import load_trained
from scicot.services.students.watcher import RunWatcher
from scicot.services.training.data import TrainingData, read_training_data
from scicot.services.training.methods import train_method
from scicot.services.worth.store import store_worths
from scicot.words.configs import TrainingConfig, WorthConfig
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind, StoredQuestion
from scicot.words.settings import Settings
from scicot.words.worth import Worth

AT_ONCE = 64  # rationales between two stores
NO_DATA = TrainingData(train=(), validation=(), rationales={})


@dataclass(frozen=True, slots=True)
class Measured:
    """A rationale's current text, with the question it explains."""

    rationale_id: int
    revision_id: int
    question_id: int
    text: str


@needs(Action.START_RUN)
def start_worth(session: Session, settings: Settings, actor: Actor, config: WorthConfig) -> int:
    """Check that there are rationales and a student to judge them, queue a run, return its id.

    Raises NotFound, RunNotInState, StudentError or InvalidInput before anything is stored.
    """
    if config.run is None:
        check_student_name(config.student, settings)
    else:
        load_trained(session, settings, config.run)
    if not list_unmeasured(session, config):
        raise InvalidInput(
            f"Dataset '{config.dataset}' has no rationale that {name_student(config)} has not "
            "measured yet. Generate or import some, or name another student."
        )
    return create_run(
        session,
        actor,
        kind=RunKind.WORTH,
        name=f"worth of {config.dataset} to {name_student(config)}"[:200],
        config=config.model_dump(mode="json"),
        dataset_id=find_dataset_id(session, config.dataset),
    )


def name_student(config: WorthConfig) -> str:
    """Return what the worths are stored under."""
    return f"untrained {config.student}" if config.run is None else f"run {config.run}"


def list_unmeasured(session: Session, config: WorthConfig) -> list[Measured]:
    """Return the rationales of the config whose current text this student has not measured."""
    measured = select(WorthRow.revision_id).where(WorthRow.student == name_student(config))
    query = (
        select(RationaleRow.id, RevisionRow.id, RationaleRow.question_id, RevisionRow.text)
        .join(RationaleRow.current)
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .where(
            RationaleRow.dataset_id == find_dataset_id(session, config.dataset),
            RationaleRow.revision_id.not_in(measured),
            QuestionRow.answer_key != "",
            QuestionRow.answer_form.is_(None),
        )
        .order_by(RationaleRow.id)
    )
    if config.statuses:
        query = query.where(RationaleRow.status.in_(config.statuses))
    return [Measured(*row) for row in session.execute(query)]


def run_worth(context: RunContext) -> Mapping[str, Any]:
    """Measure every rationale of the config that is not measured yet; the worker's part."""
    config = WorthConfig.checked(**context.run.config)
    with context.session() as session:
        todo = list_unmeasured(session, config)
        questions = get_questions(session, {item.question_id for item in todo})
    watcher = RunWatcher(context, 4 * len(todo))
    trained, judged = _judges(context, config, watcher, questions)
    answering = Answering(watcher, trained)
    stored = 0
    for stage, ids in judged:
        own = [item for item in todo if item.question_id in ids]
        for start in range(0, len(own), AT_ONCE):
            part = own[start : start + AT_ONCE]
            worths = measure_items(answering, stage, part, questions)
            with context.session() as session:
                stored += store_worths(session, context.run.id, name_student(config), worths)
        answering.close(stage)
    clear_work(context.settings, context.run.id)
    return {"student": name_student(config), "rationales": stored, "judges": len(judged)}


def _judges(
    context: RunContext,
    config: WorthConfig,
    watcher: RunWatcher,
    questions: Mapping[int, StoredQuestion],
) -> tuple[TrainingConfig, list[tuple[TrainedStage, set[int]]]]:
    """Return the answering students, each with the questions that it may judge."""
    if config.run is None:
        trained = make_config(
            method="untrained",
            dataset=config.dataset,
            student=config.student,
            answer_form="text",
            show_options=False,
        )
        return trained, [(_train(context, watcher, trained, ()), set(questions))]
    with context.session() as session:
        trained, stages = load_trained(session, context.settings, config.run)
        data = read_training_data(session, trained)
        run = get_run(session, config.run)
    role = plan_of(trained).answers.answer.role
    seen = {question.id for question in data.train if plan_of(trained).needs_questions}
    judged = [(stages[role], set(questions) - seen)]
    to_fold = [question for question in data.train if question.id in seen & set(questions)]
    if to_fold and len(data.train) >= config.folds:
        watcher.say(f"Training {config.folds} students that judge what run {run.id} trained on.")
        for fold in split_folds(data.train, config.folds, trained.seed):
            held_out = {question.id for question in fold}
            others = [question for question in data.train if question.id not in held_out]
            stage = _train(context, watcher, trained, others, data)
            judged.append((stage, held_out & set(questions)))
    return trained, [(stage, ids) for stage, ids in judged if ids]


def _train(
    context: RunContext,
    watcher: RunWatcher,
    config: TrainingConfig,
    questions: Sequence[StoredQuestion],
    whole: TrainingData = NO_DATA,
) -> TrainedStage:
    """Return the answering student that these settings make of these questions."""
    ids = {question.id for question in questions}
    rounds = [{key: text for key, text in texts.items() if key in ids} for texts in whole.rounds]
    data = replace(whole, train=questions, validation=(), rationales=rounds[0], more=rounds[1:])
    student = find_student(config.student, context.settings)
    stages = train_method(Answering(watcher, config), student, data)
    return stages[plan_of(config).answers.answer.role]


def measure_items(
    answering: Answering,
    stage: TrainedStage,
    items: Sequence[Measured],
    questions: Mapping[int, StoredQuestion],
) -> dict[tuple[int, int], Worth]:
    """Return the worth of each rationale to one student, by (rationale, revision)."""
    config = answering.config
    form, prefix = form_of(config), plan_of(config).answers.answer.task.prefix
    asked = [questions[item.question_id] for item in items]
    texts = [as_read(config, item.text) or "" for item in items]
    ways = [
        [prefix + question_with_rationale(question, None, form) for question in asked],
        [
            prefix + question_with_rationale(question, text, form)
            for question, text in zip(asked, texts, strict=True)
        ],
        [prefix + rationale_text(text) for text in texts],
        [prefix + rationale_text("")] * len(items),
    ]
    scored = [option_texts(config, question) for question in asked]
    given, options = [before for before, _ in scored], [texts for _, texts in scored]
    bare, helped, alone, nothing = (
        answering.score(stage, inputs, options, given) for inputs in ways
    )
    return {
        (item.rationale_id, item.revision_id): measure_worth(
            question.answer_key,
            bare=_by_label(question, bare[place]),
            helped=_by_label(question, helped[place]),
            alone=_by_label(question, alone[place]),
            nothing=_by_label(question, nothing[place]),
        )
        for place, (item, question) in enumerate(zip(items, asked, strict=True))
    }


def _by_label(question: StoredQuestion, scores: Sequence[OptionScore]) -> dict[str, float]:
    return {label: score.total for label, score in zip(question.labels, scores, strict=True)}
