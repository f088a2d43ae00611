"""Take a packed run's result in: stages, predictions, metrics and log; all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.orm import Session

from db.models import MetricRow, PredictionRow, RunPartRow, RunRow, RunStageRow, StageRow
from db.rows import insert_or_replace
from db.session import write
from scicot.adapters.artifacts import log_path
from scicot.adapters.clock import utc_now
from scicot.adapters.parcel_files import open_parcel, read_manifest
from scicot.adapters.parcel_folders import LOG, scratch_folder
from scicot.adapters.parcel_logs import append_log
from scicot.adapters.students.stages.shared_stages import offer_stage
from scicot.adapters.students.stages.stage_files import (
    bring_stage,
    is_complete,
    remove_leftovers,
    stage_folder,
)
from scicot.services.parcels.pack import describe, is_same_run
from scicot.services.parcels.rows import read_lines, table_of
from scicot.services.parcels.work import refuse_other_engine
from scicot.services.runs.lost import ACTIVE
from scicot.services.runs.runs import get_run
from scicot.services.students.stages import find_stage
from scicot.words.errors import Conflict, InvalidInput, InvalidParcel, NotFound, SciCotError
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import LOCAL, PARCEL, Settings

STAGE_HASH = re.compile(r"[0-9a-f]{64}")
# what the run's row takes over; the rest of it is this database's own
TAKEN = ("result", "started_at", "finished_at", "host", "progress_done", "progress_total")
VERSIONS = ("code_version", "packages")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came in with a result; everything is there already the second time."""

    run: int
    stages: int
    predictions: int
    already_there: bool


@needs(Action.IMPORT)
def take_in(session: Session, settings: Settings, actor: Actor, path: Path) -> TakenIn:
    """Store the result of a packed run and return what came.

    The second time changes nothing, and does what failed after the rows were stored: the log, and
    the stages for other machines. Raises InvalidParcel for a result of another workspace, another
    engine, changed questions or a changed snapshot, or a damaged file, and Conflict when the run is
    going or was done here; then nothing is changed.
    """
    manifest = read_manifest(path)
    refuse_other_engine(path, manifest, kind="result")
    run = _find_run(session, path, manifest)
    with scratch_folder(settings.artifacts_folder, make=True) as scratch:
        inside = scratch / "result"
        open_parcel(path, inside)
        rows = {
            kind: read_lines(inside / "rows" / f"{table_of(kind).name}.jsonl", kind)
            for kind in (RunRow, StageRow, RunStageRow, RunPartRow, MetricRow, PredictionRow)
        }
        if len(rows[RunRow]) != 1:
            raise _not_fitting(path)
        counts = len(rows[RunStageRow]), len(rows[PredictionRow])
        hashes = [str(row.get("hash")) for row in rows[StageRow]]
        _refuse_incomplete(inside, hashes)
        is_there = _is_there(run, rows[RunRow])
        if not is_there:
            try:
                is_there = not _bring(session, settings, actor, run, rows, inside)
            except (KeyError, StatementError) as error:
                raise _not_fitting(path) from error
        # a first time that got no further than the rows is made good by the second
        whence = f"log of the worker on {rows[RunRow][0].get('host')}, from {path.name}"
        append_log(inside / LOG, log_path(settings, run.id), whence)
        for stage_hash in hashes:
            if is_complete(stage_folder(settings, stage_hash)):
                offer_stage(settings, stage_hash)
    return TakenIn(run.id, *counts, already_there=is_there)


def _not_fitting(path: Path) -> InvalidParcel:
    return InvalidParcel(
        f"{path.name} holds rows that do not fit together. Copy it again, or work on the parcel "
        "once more."
    )


def _find_run(session: Session, path: Path, manifest: Mapping[str, Any]) -> RunView:
    packed = manifest["run"]
    strange = InvalidParcel(
        f"{path.name} is the result of run {packed['id']} ({packed['name']}) of another "
        "workspace. Take it in where it was packed."
    )
    try:
        run = get_run(session, packed["id"])
    except (NotFound, InvalidInput) as error:  # or a number that no database keeps
        raise strange from error
    here = describe(session, run)
    if not is_same_run(here["run"], packed):
        raise strange
    for what, named in (("snapshot", "The snapshot"), ("questions", "The questions")):
        if here[what] != manifest.get(what):
            raise InvalidParcel(
                f"{named} of run {run.id} changed since it was packed, so {path.name} does not "
                "fit. Pack the run again."
            )
    return run


def _is_there(run: RunView, rows: list[dict[str, Any]]) -> bool:
    """Return whether this very result was taken in before; raises Conflict when it cannot be."""
    if run.status is RunStatus.DONE and run.launcher != LOCAL:
        if run.result == rows[0].get("result"):
            return True
        raise Conflict(f"Run {run.id} has another result already. Clone the run for a second one.")
    is_under_way = run.status in ACTIVE
    if run.status is RunStatus.DONE or (is_under_way and run.launcher == LOCAL):
        raise Conflict(
            f"Run {run.id} is {run.status} on this machine. Clone the run to train it elsewhere."
        )
    return False


def _refuse_incomplete(inside: Path, hashes: Sequence[str]) -> None:
    """Raise InvalidParcel where a stage that the rows name is not there, before any is moved."""
    for stage_hash in hashes:
        packed = inside / "stages" / stage_hash
        if not STAGE_HASH.fullmatch(stage_hash) or not is_complete(packed):
            raise InvalidParcel(f"The result lacks stage '{stage_hash[:8]}'. Copy it again.")


def _bring(
    session: Session,
    settings: Settings,
    actor: Actor,
    run: RunView,
    rows: Mapping[type[Any], list[dict[str, Any]]],
    inside: Path,
) -> bool:
    """Move the stages that are not here into place and store the rows: both or neither.

    False where another has taken this very result in meanwhile.
    """
    brought: list[Path] = []
    try:
        for stage in rows[StageRow]:
            folder = stage_folder(settings, stage["hash"])
            if bring_stage(inside / "stages" / stage["hash"], folder):
                brought.append(folder)
        return _store(session, actor, run, rows)
    except BaseException:
        _take_away(session, brought)
        raise


def _take_away(session: Session, brought: Sequence[Path]) -> None:
    """Remove the stages that were brought in vain, but for those that another has stored since."""
    session.rollback()
    for folder in brought:
        with suppress(SciCotError, SQLAlchemyError):  # what cannot be asked for stays
            if find_stage(session, folder.name) is None:
                remove_leftovers(folder)
    session.rollback()


def _store(
    session: Session, actor: Actor, run: RunView, rows: Mapping[type[Any], list[dict[str, Any]]]
) -> bool:
    """Store the rows; False where this very result was stored since it was unpacked."""
    with write(session):
        if _is_there(get_run(session, run.id), rows[RunRow]):
            return False
        ids: dict[int, int] = {}
        for stage in rows[StageRow]:
            row = find_stage(session, stage["hash"])
            if row is None:
                values = {name: value for name, value in stage.items() if name != "id"}
                row = StageRow(**values | {"folder": f"stages/{stage['hash']}"})
                session.add(row)
                session.flush()
            ids[stage["id"]] = row.id
        own = {"run_id": run.id}
        links = [row | own | {"stage_id": ids[row["stage_id"]]} for row in rows[RunStageRow]]
        insert_or_replace(session, RunStageRow, links, keys=("run_id", "stage_id", "role"))
        parts = [row | own for row in rows[RunPartRow]]
        insert_or_replace(session, RunPartRow, parts, keys=("run_id", "name"))
        for kind, keys in (
            (MetricRow, ("run_id", "stage", "name", "step")),
            (PredictionRow, ("run_id", "variant", "question_id")),
        ):
            fresh = [{key: row[key] for key in row if key != "id"} | own for row in rows[kind]]
            insert_or_replace(session, kind, fresh, keys=keys)
        mine = session.get_one(RunRow, run.id)
        for name in (*TAKEN, *VERSIONS):
            setattr(mine, name, rows[RunRow][0][name])
        mine.status = RunStatus.DONE
        mine.launcher = PARCEL if mine.launcher == LOCAL else mine.launcher
        mine.worker, mine.error, mine.heartbeat_at = None, None, utc_now()
        mine.message = f"Done elsewhere; taken in by {actor.name}."
    return True
