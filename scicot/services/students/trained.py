"""The stages that a finished training run left behind, ready to be asked or taken along."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RunStageRow, StageRow
from scicot.adapters.disk import is_there
from scicot.adapters.students.stages.shared_stages import fetch_stage
from scicot.adapters.students.stages.stage_files import (
    is_complete,
    is_intact,
    read_stage,
    stage_folder,
)
from scicot.pure.methods.registry import read_config
from scicot.services.runs.runs import get_run
from scicot.services.students.away import say_away, while_away
from scicot.services.students.stages import TrainedStage
from scicot.services.students.watcher import RunWatcher
from scicot.words.configs import TrainingConfig
from scicot.words.errors import NotFound, RunNotInState, StudentError
from scicot.words.records import Family, RunKind, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import Settings


def load_trained(
    session: Session, settings: Settings, run_id: int
) -> tuple[TrainingConfig, dict[str, TrainedStage]]:
    """Return a finished training run's settings and its stages by role.

    Raises RunNotInState for a run that trained nothing or is not done, NotFound when a stage's
    files are gone, StorageAway when the folder of all stages is, StudentError for damaged files.
    """
    run = get_run(session, run_id)
    if run.kind is not RunKind.TRAIN or run.status is not RunStatus.DONE:
        raise RunNotInState(
            f"Run {run_id} is a {run.kind} run and {run.status}; only a training run that is done "
            "has students. `python -m scicot runs list` shows them."
        )
    rows = session.execute(
        select(RunStageRow.role, StageRow)
        .join(StageRow, StageRow.id == RunStageRow.stage_id)
        .where(RunStageRow.run_id == run_id)
    )
    stages = {role: _to_stage(settings, role, row) for role, row in rows}
    return trained_config(run), stages


def trained_config(run: RunView) -> TrainingConfig:
    """Return a run's settings with the limit of rationales that it found, where it was open."""
    config = read_config(run.config)
    limit = run.result.get("max_rationale_tokens")
    if config.max_rationale_tokens is None and isinstance(limit, int):
        return config.model_copy(update={"max_rationale_tokens": limit})
    return config


def await_trained(
    watcher: RunWatcher, run_id: int
) -> tuple[TrainingConfig, dict[str, TrainedStage]]:
    """Return what `load_trained` does, once the folder of all stages is there.

    Raises as it does, and StorageAway where the folder stays away.
    """
    context = watcher.context

    def load() -> tuple[TrainingConfig, dict[str, TrainedStage]]:
        with context.session() as session:
            return load_trained(session, context.settings, run_id)

    return while_away(stage_folder(context.settings, ""), load, watcher)


def check_files(folder: Path, stage: str) -> None:
    """Raise what is wrong with a stage's files: away, gone or damaged."""
    if not is_complete(folder) and not is_there(folder.parent):  # no stage at all is there
        raise say_away(f"Stage {stage} cannot be read", folder.parent, "it is not there")
    if not is_complete(folder):
        raise NotFound(
            f"The files of stage {stage} are gone. Train the run again; the same settings give "
            "the same student."
        )
    if not is_intact(folder):
        if not is_there(folder):
            raise say_away(f"Stage {stage} cannot be read", folder, "it is not there")
        raise StudentError(
            f"The files of stage {stage} are damaged. Train the run again; the same settings give "
            "the same student."
        )


def _to_stage(settings: Settings, role: str, row: StageRow) -> TrainedStage:
    folder = stage_folder(settings, row.hash)
    fetch_stage(settings, row.hash)
    check_files(folder, f"{row.hash[:8]} ({role})")
    return TrainedStage(
        hash=row.hash,
        role=role,
        folder=folder,
        family=Family(read_stage(folder)["family"]),
        reused=True,
        seconds=0.0,
        result=row.result,
    )
