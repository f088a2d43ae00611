"""A stage's training: done once, published under its hash, and remembered with the run's use."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from db.models import RunStageRow, StageRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.students.asking.fast import say_slow
from scicot.adapters.students.folders import StudentFolder, inspect_folder
from scicot.adapters.students.machine import (
    choose_device,
    name_device,
    resolve_precision,
    run_memory_bytes,
    run_threads,
)
from scicot.adapters.students.memory import give_back_memory
from scicot.adapters.students.stages.shared_stages import fetch_checkpoint, fetch_stage, offer_stage
from scicot.adapters.students.stages.stage_files import (
    CHECKPOINTS,
    drop_work,
    is_complete,
    is_intact,
    publish_stage,
    put_aside,
    remove_leftovers,
    stage_folder,
    work_folder,
)
from scicot.adapters.students.training.identity import engine_version
from scicot.adapters.students.training.job import StageJob
from scicot.adapters.students.training.worth import guess_processes
from scicot.services.students.away import await_stages, once_there
from scicot.services.students.stages import StagePlan, TrainedStage, find_stage, hash_stage
from scicot.services.students.turns import await_turn
from scicot.services.students.watcher import RunWatcher
from scicot.words.configs import TrainingConfig
from scicot.words.errors import DamagedArtifact
from scicot.words.settings import Settings

if TYPE_CHECKING:
    from scicot.adapters.students.training.trainer import StageTrainer

log = logging.getLogger(__name__)


def ensure_stage(
    watcher: RunWatcher, plan: StagePlan, student: StudentFolder, config: TrainingConfig
) -> TrainedStage:
    """Return the plan's stage: the one that is there under its hash, or one trained now."""
    context = watcher.context
    await_stages(watcher)
    stage_hash = hash_stage(plan, student, config, context.settings.device)
    folder = stage_folder(context.settings, stage_hash)
    if not is_complete(folder) and plan.tasks:
        await_turn(watcher, stage_hash, folder)

    def find(session: Session) -> tuple[StageRow | None, bool]:
        stored = find_stage(session, stage_hash)
        own = stored and session.get(RunStageRow, (context.run.id, stored.id, plan.role))
        return stored, bool(own and not own.reused)

    stored, is_own = context.patiently(find)
    if stored is not None and is_complete(folder) and not is_intact(folder):
        aside = put_aside(folder)
        log.warning("Stage %s is damaged: kept as %s and trained again.", stage_hash, aside.name)
    is_damaged_there = stored is not None and not _is_fetched(context.settings, stage_hash)
    if stored is not None and is_complete(folder):
        stage = _found(stored, plan, folder, student, is_own)
        watcher.skip(plan.role, stage)
    else:
        stage = _train(watcher, plan, student, config, stage_hash, folder)
    context.patiently(lambda session: _remember(session, context.run.id, stage, plan, config))
    # only now: a run that waits for the stage looks for both
    drop_work(context.settings, work_folder(context.settings, context.run.id, stage_hash))
    offer_stage(context.settings, stage_hash, anew=is_damaged_there)
    return stage


def _is_fetched(settings: Settings, stage_hash: str) -> bool:
    """Bring a stage that another machine trained, and return whether it is undamaged there."""
    try:
        fetch_stage(settings, stage_hash)
    except DamagedArtifact as error:
        log.warning("%s It is trained again.", error)
        return False
    return True


def _found(
    row: StageRow, plan: StagePlan, folder: Path, student: StudentFolder, is_own: bool
) -> TrainedStage:
    """Return a stage that is there; `is_own`: this run trained it before it was stopped."""
    return TrainedStage(
        hash=row.hash,
        role=plan.role,
        folder=folder,
        family=student.family,
        reused=not is_own,
        seconds=row.seconds if is_own else 0.0,
        result=row.result | ({} if is_own else {"seconds_when_trained": row.seconds}),
    )


def _train(
    watcher: RunWatcher,
    plan: StagePlan,
    student: StudentFolder,
    config: TrainingConfig,
    stage_hash: str,
    folder: Path,
) -> TrainedStage:
    if not plan.tasks:
        return _take_as_it_is(watcher, plan, student, stage_hash, folder)
    base = inspect_folder(student.name, plan.init.folder / "model") if plan.init else student
    work = work_folder(watcher.context.settings, watcher.context.run.id, stage_hash)
    started = time.monotonic()
    watcher.start(plan.role, f"Loading {student.name}.")
    job = _job(watcher, plan, base, config, stage_hash, work)
    helpers = watcher.context.helpers if config.processes == 1 else None
    if helpers is not None and choose_device(job.device) == "cpu":
        helpers.begin(guess_processes(job) - 1)
    # the helpers read these meanwhile, too
    from scicot.adapters.students.asking.convert import try_conversion
    from scicot.adapters.students.loading import save_model
    from scicot.adapters.students.training.recruiting import recruited
    from scicot.adapters.students.training.trainer import StageTrainer

    fetch_checkpoint(watcher.context.settings, work / CHECKPOINTS)
    with recruited(job, config.processes, watcher.check) as crew:
        trainer = StageTrainer(job, crew, helpers)
        # with matrices beside its own a model has another form until they are merged
        reason = None if config.lora_rank else try_conversion(trainer.model, base.path)
        if reason is not None:
            watcher.say(say_slow(reason))
        before = trainer.state.seconds  # of an earlier attempt, from its checkpoint
        state = trainer.train(watcher)
    watcher.say("Saving the student.")
    prepared = work / "prepared"

    def save() -> TrainedStage:
        remove_leftovers(prepared)
        save_model(trainer.model, base.path, prepared / "model")
        trainer.let_go()  # of gradients and moments: the converter needs room for the weights again
        watcher.context.helpers.let_go()
        give_back_memory()
        slow = reason
        if slow is None:
            examples = plan.tasks[0].examples
            slow = _convert(watcher, prepared, base, model=trainer.model, examples=examples)
        seconds = before + time.monotonic() - started
        return _publish(prepared, folder, plan, base, _result(trainer, slow), seconds, state.losses)

    return once_there(work, save, watcher, "The student cannot be saved")


def _job(
    watcher: RunWatcher,
    plan: StagePlan,
    base: StudentFolder,
    config: TrainingConfig,
    stage_hash: str,
    work: Path,
) -> StageJob:
    """Return what the trainer is asked to do, with the machine's threads, device and precision.

    Processes that train together have the run's threads between them.
    """
    settings = watcher.context.settings
    return StageJob(
        hash=stage_hash,
        student=base.path,
        family=base.family,
        tasks=plan.tasks,
        config=config,
        precision=resolve_precision(config.precision, settings.device),
        work_folder=work,
        threads=max(1, run_threads(settings) // config.processes),
        device=settings.device,
        validation=plan.validation,
        memory=run_memory_bytes(settings) // config.processes,
    )


def _convert(watcher: RunWatcher, prepared: Path, base: StudentFolder, **known: Any) -> str | None:
    """Convert the saved student for fast answers; returns, and says, why it could not be."""
    from scicot.adapters.students.asking.convert import convert_student

    reason = convert_student(prepared / "model", prepared / "ct2", base.family, **known)
    if reason is not None:
        watcher.say(say_slow(reason))
    return reason


def _result(trainer: StageTrainer, slow_reason: str | None) -> dict[str, Any]:
    """Return what is kept of a training: its length, losses, speed and machine."""
    state, job = trainer.state, trainer.job
    return {
        "steps": state.step,
        "loss": state.losses[-1],
        "deciding_loss": state.deciding_losses[-1] if state.deciding_losses else None,
        "rest_loss": state.rest_losses[-1] if state.rest_losses else None,
        "validation_loss": state.best_loss,
        "validation_accuracy": state.best_accuracy,
        "selected_step": state.best_step or state.step,
        "training_seconds": round(state.seconds, 2),
        "tokens_per_second": round(state.tokens / max(state.seconds, 1e-9), 1),
        "threads": trainer.threads,
        "processes": trainer.crew.size,
        "hands": trainer.hands,
        "precision": job.precision,
        "engine": engine_version(),
        "device": name_device(choose_device(job.device)),
        "examples": sum(len(task.examples) for task in job.tasks),
        "trained_weights": sum(value.numel() for value in trainer.parameters.values()),
        "fast": slow_reason is None,
        "slow_reason": slow_reason,
    }


def _take_as_it_is(
    watcher: RunWatcher, plan: StagePlan, student: StudentFolder, stage_hash: str, folder: Path
) -> TrainedStage:
    """Return the student as a stage that took no step, saved and converted like a trained one."""
    from scicot.adapters.students.loading import load_model, save_model

    started = time.monotonic()
    watcher.start(plan.role, f"Taking {student.name} as it is.")
    work = work_folder(watcher.context.settings, watcher.context.run.id, stage_hash)
    remove_leftovers(work)
    save_model(load_model(student.path, student.family), student.path, work / "model")
    give_back_memory()
    reason = _convert(watcher, work, student)
    result = {"steps": 0, "examples": 0, "fast": reason is None, "slow_reason": reason}
    return _publish(work, folder, plan, student, result, time.monotonic() - started, losses=[])


def _publish(
    prepared: Path,
    folder: Path,
    plan: StagePlan,
    student: StudentFolder,
    result: Mapping[str, Any],
    seconds: float,
    losses: Sequence[float],
) -> TrainedStage:
    """Move a prepared stage into place under its hash, described, and return it."""
    seconds = round(seconds, 2)
    description = {"stage": plan.name, "student": student.name, "family": student.family, **result}
    publish_stage(prepared, folder, description | {"losses": losses, "seconds": seconds})
    return TrainedStage(
        hash=folder.name,
        role=plan.role,
        folder=folder,
        family=student.family,
        reused=False,
        seconds=seconds,
        result=result,
    )


def _remember(
    session: Session, run_id: int, stage: TrainedStage, plan: StagePlan, config: TrainingConfig
) -> None:
    """Store the stage and the run's use of it; both are there already after a resume."""
    with write(session):
        row = find_stage(session, stage.hash)
        if row is None:
            row = StageRow(
                hash=stage.hash,
                name=plan.name,
                folder=f"stages/{stage.hash}",
                config=config.model_dump(mode="json"),
                result=dict(stage.result),
                seconds=stage.seconds,
                created_at=utc_now(),
            )
            session.add(row)
            session.flush()
        key = (run_id, row.id, plan.role)
        if session.get(RunStageRow, key) is None:
            session.add(
                RunStageRow(run_id=run_id, stage_id=row.id, role=plan.role, reused=stage.reused)
            )
