"""Training runs: checked and queued by the app, carried out by their own process.

The split that a run is measured on is read once, after the last stage is trained; the test split
only by a run that asks for it, and `data.py` cannot see it.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from sqlalchemy.orm import Session

from db.models import RunRow
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import StudentFolder, find_local_student, find_student
from scicot.adapters.students.stages.stage_files import clear_work
from scicot.adapters.students.training.lora import refuse_without_peft
from scicot.pure.methods.registry import default_setting, find_method, read_config
from scicot.pure.predictions.metrics import measure
from scicot.pure.predictions.stripping import Cut, as_kinds
from scicot.pure.shares import say_part
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import (
    dataset_named,
    find_dataset_id,
    first_split,
    list_questions,
)
from scicot.services.runs.context import RunContext
from scicot.services.runs.parts import list_parts
from scicot.services.runs.runs import NewRun, create_run, hash_run, list_runs
from scicot.services.students.answering import Answering
from scicot.services.students.answers import answer_questions
from scicot.services.students.away import await_stages
from scicot.services.students.fitting import check_fits
from scicot.services.students.watcher import RunWatcher
from scicot.services.training.between import (
    TRAINING_SAMPLE,
    count_asked,
    measure_between,
    spread,
)
from scicot.services.training.data import TRAINING, TrainingData, read_training_data
from scicot.services.training.lessons import pin_lessons
from scicot.services.training.methods import MethodTraining, count_work, plan_known_stages
from scicot.services.training.room import fit_rationales
from scicot.services.training.snapshots import find_snapshot
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidConfig
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind, Split
from scicot.words.runs import RunView, TrainingResult
from scicot.words.settings import Settings

log = logging.getLogger(__name__)


@needs(Action.START_RUN)
def start_training(
    session: Session,
    settings: Settings,
    actor: Actor,
    config: TrainingConfig,
) -> int:
    """Check the settings, store a queued run and return its id.

    Raises NotFound, InvalidConfig or StudentError before anything is stored.
    """
    config = choose_split(session, config)
    check_training(session, settings, config)
    return create_run(session, actor, **new_run(session, config))


def new_run(
    session: Session, config: TrainingConfig, *, experiment_id: int | None = None
) -> NewRun:
    """Return what a run of these settings is stored with; raises NotFound."""
    snapshot = find_snapshot(session, config.snapshot) if config.snapshot else None
    names = {"dataset": dataset_named(session, config.dataset)}  # one thing has one name in runs
    if snapshot:
        names["snapshot"] = snapshot.name
    config = pin_lessons(session, config.model_copy(update=names))
    return NewRun(
        kind=RunKind.TRAIN,
        name=name_run(config),
        config=config.model_dump(mode="json"),
        dataset_id=find_dataset_id(session, config.dataset),
        method=config.method,
        snapshot_id=snapshot.id if snapshot else None,
        experiment_id=experiment_id,
    )


def list_equal_runs(session: Session, config: TrainingConfig) -> list[RunView]:
    """Return the runs of exactly these settings, newest first; raises NotFound."""
    new = new_run(session, choose_split(session, config))
    digest = hash_run(new)
    return list_runs(session, having=RunRow.config_hash == digest, limit=20)


def check_training(session: Session, settings: Settings, config: TrainingConfig) -> None:
    """Raise what stands in the way of a run: a missing dataset, split, snapshot or student."""
    if config.lora_rank:
        refuse_without_peft()
    data = read_training_data(session, config)
    student = find_local_student(config.student, settings)
    if student is not None:
        _check_fits(student, config, data)
    split = choose_split(session, config).evaluate_on
    if not list_questions(session, config.dataset, Split(split), limit=1):
        raise InvalidConfig(
            f"Dataset '{config.dataset}' has no {split} questions, so the student could not be "
            f"measured. Import its {split} split."
        )


def choose_split(session: Session, config: TrainingConfig) -> TrainingConfig:
    """Return the settings with the split that the run is measured on.

    Where none was asked for and the dataset has no validation split, that is the test split.
    """
    if "evaluate_on" in config.model_fields_set:
        return config
    return config.model_copy(update={"evaluate_on": first_split(session, config.dataset).value})


def _check_fits(student: StudentFolder, config: TrainingConfig, data: TrainingData) -> None:
    room = fit_rationales(config, data, Codec.open(student.path, student.family))
    plans = plan_known_stages(room.config, room.data)
    check_fits(student, [task for plan in plans for task in plan.tasks], config)


def name_run(config: TrainingConfig) -> str:
    """Return a name that tells runs apart: method, dataset, what is not the default."""
    parts = [config.method, config.dataset, config.student.rstrip("/").rsplit("/", 1)[-1]]
    if config.fraction < 1:
        parts.append(say_part(config.fraction))
    for setting in find_method(config.method).own_settings:
        value = getattr(config, setting)
        if value is not None and value != default_setting(setting, config.student):
            parts.append(value if isinstance(value, str) else f"{setting} {value:g}")
    if config.seed:
        parts.append(f"seed {config.seed}")
    return " · ".join(parts)[:200]


def run_training(context: RunContext) -> TrainingResult:
    """Train the method's stages, then read the split to measure on once, and answer it."""
    config = read_config(context.run.config)
    with context.session() as session:
        data = read_training_data(session, config)
    if data.left_out:
        log.info("%d training questions stand in the test split too: left out", data.left_out)
    if data.near_kept:
        log.info("%d stand there nearly word for word: kept (leave_out_near)", data.near_kept)
    await_stages(RunWatcher(context, 0))  # the starter is built there as well
    student = find_student(config.student, context.settings)
    _check_fits(student, config, data)
    room = fit_rationales(config, data, Codec.open(student.path, student.family))
    config, data = room.config, room.data
    with context.session() as session:
        work = count_work(config, data) + count_asked(session, config, data)
    watcher = RunWatcher(context, work)
    answering = Answering(watcher, config)
    training = MethodTraining(answering, student, data)
    training.train()
    stages = training.stages
    clear_work(context.settings, context.run.id)
    split = Split(config.evaluate_on)
    asked = context.patiently(
        lambda session: list_questions(session, config.dataset, split, config.limit_test)
    )
    sample = spread(data.train, TRAINING_SAMPLE)
    began = time.monotonic()
    answering.split = config.evaluate_on
    predictions = answer_questions(answering, stages, asked)
    context.patiently(lambda session: store_predictions(session, context.run.id, predictions))
    watcher.finish_part(config.evaluate_on, time.monotonic() - began)
    began = time.monotonic()
    answering.split = "training sample"
    seen = answer_questions(answering, stages, sample) if sample else []
    watcher.finish_part("training sample", time.monotonic() - began)
    between = measure_between(training, sample, seen, predictions)
    parts = context.patiently(lambda session: list_parts(session, context.run.id))
    seconds = {part.name: part.seconds for part in parts}
    return {
        "metrics": measure(predictions, asked),
        "evaluated_on": config.evaluate_on,
        "training_sample": measure(seen, sample) if seen else None,
        "max_rationale_tokens": config.max_rationale_tokens,
        "cut_rationales": room.cut,
        "cut_beside": dict(room.cut_beside),
        "unended": answering.unended,
        "stripped": _stripped(data, answering),
        "stages": {role: stage.summary() for role, stage in stages.items()},
        "between_stages": between,
        "training_questions": len(data.train),
        "lessons": len(data.others) or len(data.shares),
        "left_out_of_training": data.left_out,
        "near_kept_in_training": data.near_kept,
        "inference": answering.inference,
        "seconds": seconds | {"all": round(sum(seconds.values()), 2)},
        "peak_memory_bytes": max(part.peak_memory_bytes for part in parts),
    }


def _stripped(data: TrainingData, answering: Answering) -> dict[str, Any]:
    """Return what `strip_answer` took from the snapshot's texts, and by kind from all."""
    trained = data.cuts.get(TRAINING, Cut())
    return {
        "changed": trained.changed,
        "emptied": trained.emptied,
        "kinds": as_kinds({**data.cuts, **answering.cuts.kinds}),
    }
