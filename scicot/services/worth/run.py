"""Measure what rationales are worth to a student, in a run of its own.

A question that the student trained on is judged by students that did not: with the run's own
settings one is trained on each half of such questions and judges the other half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.models import RationaleRow, WorthRow
from scicot.adapters.students.folders import check_student_name, find_student
from scicot.adapters.students.stages.stage_files import clear_work
from scicot.pure.methods.registry import make_config, plan_of
from scicot.pure.predictions.stripping import as_kinds
from scicot.pure.training.fractions import split_folds
from scicot.services.questions.lookup import find_dataset_id, get_questions
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_lone_run, get_run
from scicot.services.students.answering import Answering
from scicot.services.students.away import await_stages
from scicot.services.students.stages import TrainedStage
from scicot.services.students.trained import await_trained, load_trained
from scicot.services.students.watcher import RunWatcher
from scicot.services.training.data import TrainingData, read_training_data
from scicot.services.training.methods import train_method
from scicot.services.worth.control import (
    BrokenWorths,
    break_wholes,
    choose_wholes,
    compare_broken,
)
from scicot.services.worth.measuring import MEASURABLE, Measured, measure_items, name_student
from scicot.services.worth.store import load_worths, store_worths
from scicot.words.configs import TrainingConfig, WorthConfig
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind, StoredQuestion
from scicot.words.settings import Settings

AT_ONCE = 64  # rationales between two stores
NO_DATA = TrainingData(train=(), validation=(), rationales={})


@needs(Action.START_RUN)
def start_worth(session: Session, settings: Settings, actor: Actor, config: WorthConfig) -> int:
    """Check that there are rationales and a student to judge them, queue a run, return its id.

    Raises NotFound, RunNotInState, StudentError or InvalidInput before anything is stored.
    """
    if config.run is None:
        check_student_name(config.student, settings)
    else:
        load_trained(session, settings, config.run)
    if not count_unmeasured(session, config) and not choose_wholes(session, config):
        raise InvalidInput(
            f"Dataset '{config.dataset}' has no rationale that {name_student(config)} has not "
            "measured yet. Generate or import some, or name another student."
        )
    return create_lone_run(
        session,
        actor,
        kind=RunKind.WORTH,
        name=f"worth of {config.dataset} to {name_student(config)}"[:200],
        config=config.model_dump(mode="json"),
        dataset_id=find_dataset_id(session, config.dataset),
    )


def list_unmeasured(session: Session, config: WorthConfig) -> list[Measured]:
    """Return the rationales of the config whose current text this student has not measured.

    A question's texts stand together: without them it is asked once.
    """
    query = _unmeasured(session, config).order_by(RationaleRow.question_id, RationaleRow.id)
    return [Measured(*row) for row in session.execute(query)]


def count_unmeasured(session: Session, config: WorthConfig) -> int:
    """Return how many these are, without their texts."""
    ids = _unmeasured(session, config).with_only_columns(RationaleRow.id)
    return session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def _unmeasured(session: Session, config: WorthConfig) -> Select[int, int, int, str, str]:
    measured = select(WorthRow.revision_id).where(WorthRow.student == name_student(config))
    query = MEASURABLE.where(
        RationaleRow.dataset_id == find_dataset_id(session, config.dataset),
        RationaleRow.revision_id.not_in(measured),
    )
    return query.where(RationaleRow.status.in_(config.statuses)) if config.statuses else query


def run_worth(context: RunContext) -> Mapping[str, Any]:
    """Measure every rationale of the config that is not measured yet; the worker's part."""
    config = WorthConfig.checked(**context.run.config)
    with context.session() as session:
        todo = list_unmeasured(session, config)
        wholes = choose_wholes(session, config)
        questions = get_questions(session, {item.question_id for item in (*todo, *wholes)})
    to_break = break_wholes(wholes, questions)
    watcher = RunWatcher(context, 4 * (len(todo) + sum(map(len, to_break.values()))))
    trained, judged = _judges(context, config, watcher, questions)
    answering = Answering(watcher, trained)
    stored = 0
    broken: BrokenWorths = {kind: {} for kind in to_break}
    for stage, ids in judged:
        for part in _in_parts(todo, ids):
            worths = measure_items(answering, stage, part, questions)
            stored += context.patiently(
                partial(
                    store_worths,
                    run_id=context.run.id,
                    student=name_student(config),
                    worths=worths,
                )
            )
        for kind, items in to_break.items():
            for part in _in_parts(items, ids):
                said = f"measured broken, {kind.value}"
                broken[kind] |= measure_items(answering, stage, part, questions, said)
        answering.close(stage)
    clear_work(context.settings, context.run.id)
    result: dict[str, Any] = {
        "student": name_student(config),
        "rationales": stored,
        "judges": len(judged),
        "stripped": {"kinds": as_kinds(answering.cuts.kinds)},
    }
    if wholes:
        with context.session() as session:
            own = [item.rationale_id for item in wholes]
            worths_of = load_worths(session, own, name_student(config))
        control = compare_broken(wholes, worths_of, broken)
        return result | {"control": [asdict(line) for line in control]}
    return result


def _in_parts(items: Sequence[Measured], question_ids: set[int]) -> list[list[Measured]]:
    """Return the items of these questions, so many together as are stored at once."""
    own = [item for item in items if item.question_id in question_ids]
    return [own[start : start + AT_ONCE] for start in range(0, len(own), AT_ONCE)]


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
    trained, stages = await_trained(watcher, config.run)
    with context.session() as session:
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
    await_stages(watcher)
    student = find_student(config.student, context.settings)
    stages = train_method(Answering(watcher, config), student, data)
    return stages[plan_of(config).answers.answer.role]
