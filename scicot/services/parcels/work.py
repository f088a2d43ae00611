"""Carry out a packed run on any machine: no app, no access to the database it came from.

The worker is the same as everywhere. It gets a database of its own inside the work folder, filled
from the parcel, and tells what it does to `progress.jsonl` beside it, for whoever sees the folder.
Its log is kept there too, and comes back with the result.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.orm import Session

from db.migrate import migrate
from db.models import (
    MetricRow,
    PredictionRow,
    RunPartRow,
    RunRow,
    RunStageRow,
    StageRow,
)
from db.session import open_session, write
from db.shared_folders import keep_without_wal
from scicot.adapters.folder_locks import locked_folder
from scicot.adapters.parcel_files import read_manifest, write_parcel
from scicot.adapters.parcel_folders import (
    LOG,
    PROGRESS,
    copy_file,
    find_packed_student,
    open_once,
    scratch_folder,
)
from scicot.adapters.parcel_logs import logged
from scicot.adapters.parcel_news import result_path, work_folder
from scicot.adapters.parcel_signs import in_touch
from scicot.adapters.students.stages.stage_files import copy_stage
from scicot.adapters.students.training.identity import engine_version
from scicot.services.parcels.pack import TABLES
from scicot.services.parcels.rows import insert_rows, read_lines, read_rows, table_of, write_lines
from scicot.services.runs.context import ASKED_TO_STOP, Handler
from scicot.services.runs.worker import run_worker
from scicot.words.errors import InvalidParcel, SciCotError
from scicot.words.records import RunKind, RunStatus
from scicot.words.settings import Settings

log = logging.getLogger(__name__)
RESULTS = (RunRow, StageRow, RunStageRow, RunPartRow, MetricRow, PredictionRow)


@dataclass(frozen=True, slots=True)
class Worked:
    """How a packed run ended; `result` is the file to take in, None while it is not done."""

    run: int
    status: RunStatus
    error: str | None
    result: str | None


def work_parcel(
    path: Path,
    settings: Settings,
    handlers: Mapping[RunKind, Handler],
    folder: Path | None = None,
    *,
    leave: Callable[[Worked], None] | None = None,
    preempted: threading.Event | None = None,
) -> Worked:
    """Carry out the run of a parcel and write its result beside it, by rename.

    Started again, it goes on from what is complete. `leave` ends the process, as `run_worker`'s
    does: it is given how the run ended, where one that was cancelled has not stopped by itself for
    2.5 s. Signs of life are shown from the unpacking to the written result. `preempted` is
    `run_worker`'s too: the run is then put down, and `queued` here.

    Raises InvalidParcel for what is no parcel of a run or was packed by another engine, Conflict
    while another process works on it.
    """
    manifest = read_manifest(path)
    refuse_other_engine(path, manifest, kind="run")
    folder = folder or work_folder(path)
    with locked_folder(folder) as has_locks, logged(folder):
        own = _settings(settings, folder)
        keep_without_wal(own.home_folder, has_locks=has_locks)
        run_id, is_ready = int(manifest["run"]["id"]), threading.Event()
        with in_touch(folder, partial(_ask_to_stop, own, run_id, is_ready)) as progress:
            inside = open_once(path, folder, manifest)
            own = own.model_copy(update={"packed_student": find_packed_student(inside)})
            _prepare(own, inside, run_id)
            is_ready.set()
            with open_session(own.resolved_database_url) as session:
                is_done = session.get_one(RunRow, run_id).status is RunStatus.DONE
            if not is_done:
                end = _end_by(leave, run_id, preempted)
                run_worker(
                    *(run_id, own, handlers), tell=progress.tell, leave=end, preempted=preempted
                )
            return _finish(own, manifest, path, folder, run_id)


def _end_by(
    leave: Callable[[Worked], None] | None, run_id: int, preempted: threading.Event | None
) -> Callable[[], None] | None:
    """Return what ends the process of a run that was cancelled, or is put down."""
    if leave is None:
        return None

    def end() -> None:
        if preempted is not None and preempted.is_set():
            leave(Worked(run_id, RunStatus.QUEUED, None, None))
        leave(Worked(run_id, RunStatus.CANCELLED, ASKED_TO_STOP, None))

    return end


def refuse_other_engine(path: Path, manifest: Mapping[str, Any], *, kind: str) -> None:
    """Raise InvalidParcel for another kind of parcel, or one of an engine with other weights."""
    if manifest.get("kind") != kind:
        wanted = "`runs pack` writes one" if kind == "run" else "`work` writes one"
        raise InvalidParcel(f"{path.name} holds no {kind} to take up; {wanted}.")
    if manifest.get("engine") != engine_version():
        raise InvalidParcel(
            f"{path.name} was made by engine {manifest.get('engine')}, and this Sci-CoT has "
            f"{engine_version()}: it would train other weights. Install the same version on both "
            "machines."
        )


def _settings(settings: Settings, folder: Path) -> Settings:
    return settings.model_copy(
        update={
            "home": folder / "home",
            "artifacts": "",
            "database_url": None,
            "launcher": "none",
        }
    )


def _prepare(settings: Settings, inside: Path, run_id: int) -> None:
    """Fill the run's own database, or free the run there from a worker that is gone."""
    url = settings.resolved_database_url
    migrate(url)
    with open_session(url) as session, write(session):
        if session.scalar(select(func.count()).select_from(RunRow)) == 0:
            _fill(session, inside, run_id)
        # the folder's lock is ours, so whoever had the run works no more
        session.execute(
            update(RunRow)
            .where(RunRow.id == run_id, RunRow.status != RunStatus.DONE)
            .values(
                status=RunStatus.QUEUED,
                worker=None,
                cancel_requested=False,
                heartbeat_at=None,
                launched_at=None,
                finished_at=None,
                error=None,
            )
        )


def _fill(session: Session, inside: Path, run_id: int) -> None:
    """Insert a parcel's rows; raises InvalidParcel where they are not those of its run."""
    try:
        for kind in TABLES:
            name = table_of(kind).name
            insert_rows(session, kind, read_lines(inside / "rows" / f"{name}.jsonl", kind))
        run = session.get(RunRow, run_id)
    except StatementError as error:
        raise InvalidParcel(
            "The parcel holds rows that do not fit together. Pack the run again."
        ) from error
    if run is None:
        raise InvalidParcel(f"The parcel does not hold run {run_id}. Pack the run again.")


def _ask_to_stop(settings: Settings, run_id: int, is_ready: threading.Event) -> bool:
    """Set the flag that the worker polls, and return whether it is set.

    It is not before the run's row is there, and where the database does not take it just now.
    """
    if not is_ready.is_set():
        return False
    try:
        with open_session(settings.resolved_database_url) as session, write(session):
            session.get_one(RunRow, run_id).cancel_requested = True
    except (SciCotError, SQLAlchemyError) as error:
        log.warning("Run %s could not be asked to stop, and is asked again: %s", run_id, error)
        return False
    return True


def _finish(
    settings: Settings, manifest: Mapping[str, Any], path: Path, folder: Path, run_id: int
) -> Worked:
    with open_session(settings.resolved_database_url) as session:
        row = session.get_one(RunRow, run_id)
        if row.status is not RunStatus.DONE:
            return Worked(run_id, row.status, row.error, None)
        result = result_path(path)
        with scratch_folder(folder) as packed:
            _write_results(session, settings, packed, run_id)
            for name in (PROGRESS, LOG):
                copy_file(folder / name, packed / name)
            told = {key: value for key, value in manifest.items() if key != "files"}
            write_parcel(packed, result, told | {"kind": "result"})
    return Worked(run_id, RunStatus.DONE, None, str(result))


def _write_results(session: Session, settings: Settings, folder: Path, run_id: int) -> None:
    for kind in RESULTS:
        table = table_of(kind)
        query = select(table).order_by(*table.primary_key.columns)
        if kind is RunRow:
            query = query.where(table.c.id == run_id)
        elif "run_id" in table.c:
            query = query.where(table.c.run_id == run_id)
        write_lines(folder / "rows" / f"{table.name}.jsonl", read_rows(session, query))
    for stage in session.scalars(select(StageRow)):
        copy_stage(settings.artifacts_folder / stage.folder, folder / "stages" / stage.hash)
