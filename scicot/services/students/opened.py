"""A finished run's students, opened to answer at once; without torch where CTranslate2 can."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RunStageRow, StageRow
from scicot.adapters.artifacts import size_of
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.shelf import OpenedStudent, Shelf
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.stages.shared_stages import fetch_stage
from scicot.adapters.students.stages.stage_files import has_fast_form, stage_folder
from scicot.services.runs.runs import get_run
from scicot.services.students.away import while_away
from scicot.services.students.trained import check_files
from scicot.services.students.watcher import RunWatcher
from scicot.words.errors import NotFound
from scicot.words.settings import Settings

_SHELF = Shelf()  # the process's: all sessions ask the same students


def list_stage_roles(session: Session, run_id: int) -> list[str]:
    """Return the roles of the stages that a run used: rationale, answer, one_stage, ..."""
    return list(
        session.scalars(
            select(RunStageRow.role).where(RunStageRow.run_id == run_id).order_by(RunStageRow.role)
        )
    )


def open_stage(
    session: Session,
    settings: Settings,
    run_id: int,
    role: str,
    *,
    at_once: int = 1,
    device: str = "cpu",
) -> OpenedStudent:
    """Return the student of a run's stage, kept open for the next question.

    It computes in fp32, as the run itself did. `at_once`: how many calls it works on side by side.
    On a GPU, and where CTranslate2 does not know the student, torch answers. Raises NotFound when
    the run has no such stage or its files are gone, StorageAway when the folder of all stages is,
    StudentError when they are damaged.
    """
    stage_hash = session.scalar(
        select(StageRow.hash)
        .join(RunStageRow, RunStageRow.stage_id == StageRow.id)
        .where(RunStageRow.run_id == run_id, RunStageRow.role == role)
    )
    if stage_hash is None:
        run = get_run(session, run_id)
        raise NotFound(
            f"Run {run.id} ({run.name}) has no stage '{role}'. Choose a run that was trained here."
        )
    fetch_stage(settings, stage_hash)
    folder = stage_folder(settings, stage_hash)
    is_fast = device == "cpu" and has_fast_form(folder)
    where = folder / ("ct2" if is_fast else "model")
    most = settings.opened_students_mb * 1_000_000

    def open_it() -> OpenedStudent:
        check_files(folder, f"{stage_hash[:8]} ({role})")
        if not is_fast:
            family = inspect_folder(role, where).family
            return TorchStudent.open(where, family, threads=settings.threads, device=device)
        return FastStudent.open(where, threads=settings.threads, at_once=at_once)

    key = (where, settings.threads, at_once, device)
    return _SHELF.take(key, size_of(where), most, open_it)


def await_stage(watcher: RunWatcher, run_id: int, role: str, *, device: str) -> OpenedStudent:
    """Return what `open_stage` does, once the folder of all stages is there.

    Raises as it does, and StorageAway where the folder stays away.
    """
    context = watcher.context

    def open_it() -> OpenedStudent:
        with context.session() as session:
            return open_stage(session, context.settings, run_id, role, device=device)

    return while_away(stage_folder(context.settings, ""), open_it, watcher)
