"""Runs from the outside: create, list, show.

Cancelling, resuming and reordering is `services/runs/steering.py`; the worker's side of the same
rows is `services/runs/worker.py`; starting the next one is `services/runs/queue.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Required, TypedDict, Unpack

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models import DatasetRow, MetricRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.local import read_log_end
from scicot.adapters.versions import code_version, package_versions
from scicot.pure.hashing import content_hash
from scicot.services.runs.launched import chosen_for, processes_of
from scicot.services.runs.lost import ACTIVE, effective_status, reads_as
from scicot.words.configs import NOT_HASHED
from scicot.words.errors import InvalidInput, NotFound, RunNotInState
from scicot.words.people import Action, needs
from scicot.words.records import UNDER_WAY, Actor, RunKind, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import LOCAL, Settings


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """One measured value of a run."""

    stage: str
    name: str
    step: int
    value: float


class NewRun(TypedDict, total=False):
    """What a run is created with; without a status it is queued."""

    kind: Required[RunKind]
    name: Required[str]
    config: Required[Mapping[str, Any]]
    dataset_id: int | None
    method: str | None
    snapshot_id: int | None
    experiment_id: int | None
    status: RunStatus


@needs(Action.START_RUN)
def create_run(session: Session, actor: Actor, **run: Unpack[NewRun]) -> int:
    """Store a run and return its id; `services/runs/queue.tend_queue` starts it."""
    with write(session):
        return add_run(session, actor, **run)


@needs(Action.START_RUN)
def create_lone_run(session: Session, actor: Actor, **run: Unpack[NewRun]) -> int:
    """Store a run that would do nothing new beside an equal one that waits or goes.

    Raises RunNotInState where there is such a one: a second press does not make a second run.
    """
    with write(session):
        equal = session.scalar(
            select(func.max(RunRow.id)).where(
                RunRow.config_hash == hash_run(run),
                RunRow.status.in_(UNDER_WAY),
            )
        )
        if equal is not None:
            raise RunNotInState(
                f"Run {equal} has exactly these settings and is not over. The Runs page shows how "
                "far it is; where it was lost, resume or cancel it there, or with `scicot runs`."
            )
        return add_run(session, actor, **run)


def hash_run(run: NewRun) -> str:
    """Return the hash of all that tells one run from another: equal runs have the same."""
    config = {
        name: value
        for name, value in run["config"].items()
        if name not in NOT_HASHED or value != NOT_HASHED[name]
    }
    return content_hash([run["kind"], config, run.get("snapshot_id")])


def add_run(session: Session, actor: Actor, **run: Unpack[NewRun]) -> int:
    """Add a run inside the caller's `write(session)`, with what commits beside it."""
    last = session.scalar(select(func.max(RunRow.queue_position))) or 0.0
    kind, config, snapshot_id = run["kind"], dict(run["config"]), run.get("snapshot_id")
    chosen = chosen_for(session)
    row = RunRow(
        kind=kind,
        name=run["name"],
        method=run.get("method"),
        dataset_id=run.get("dataset_id"),
        snapshot_id=snapshot_id,
        experiment_id=run.get("experiment_id"),
        config=config,
        config_hash=hash_run(run),
        status=run.get("status", RunStatus.QUEUED),
        queue_position=last + 1,
        launcher=chosen.name if chosen else LOCAL,
        code_version=code_version(),
        packages=package_versions(),
        actor=actor.name,
        created_at=utc_now(),
        result={},
    )
    session.add(row)
    session.flush()
    if chosen:
        chosen.refuse(kind, processes_of(config))
        session.add(chosen.new_row(row.id))
    return row.id


def list_active(
    session: Session, kinds: Sequence[RunKind] | None = None, *, launcher: str | None = None
) -> list[int]:
    """Return the ids of the runs that a worker carries out now, whatever else is stored."""
    query = select(RunRow).where(RunRow.status.in_(ACTIVE))
    if launcher:
        query = query.where(RunRow.launcher == launcher)
    if kinds:
        query = query.where(RunRow.kind.in_(kinds))
    now = utc_now()
    return [row.id for row in session.scalars(query) if effective_status(row, now) in ACTIVE]


def get_run(session: Session, run_id: int) -> RunView:
    """Return one run; raises NotFound."""
    return _view(session, run_row(session, run_id), utc_now())


def find_run_id(session: Session, named: str) -> int:
    """Return the run that a number or a name means; raises NotFound, or InvalidInput for several.

    A number is taken for one before it is taken for a name.
    """
    bare = named.strip()
    if bare.isascii() and bare.isdigit() and len(bare) < 19:
        number = int(bare)
        if session.scalar(select(RunRow.id).where(RunRow.id == number)) is not None:
            return number
    ids = list(session.scalars(select(RunRow.id).where(RunRow.name == bare).order_by(RunRow.id)))
    if not ids:
        raise NotFound(f"There is no run '{bare[:100]}'. `runs list` shows those there are.")
    if len(ids) > 1:
        numbers = ", ".join(str(run_id) for run_id in ids[-10:])
        raise InvalidInput(f"Several runs are called '{bare[:100]}' ({numbers}). Give the number.")
    return ids[0]


def list_runs(
    session: Session,
    *,
    kinds: Sequence[RunKind] | None = None,
    dataset: str | None = None,
    experiment_id: int | None = None,
    statuses: Sequence[RunStatus] | None = None,
    having: ColumnElement[bool] | None = None,
    with_archived: bool = True,
    limit: int | None = 200,
) -> list[RunView]:
    """Return the newest runs first; statuses as they are shown, `lost` by the heartbeat included.

    `having` is a further condition on RunRow. No limit: all of them.
    """
    query = select(RunRow, DatasetRow.name).join(
        DatasetRow, RunRow.dataset_id == DatasetRow.id, isouter=True
    )
    if kinds:
        query = query.where(RunRow.kind.in_(kinds))
    if experiment_id is not None:
        query = query.where(RunRow.experiment_id == experiment_id)
    if dataset is not None:
        query = query.where(DatasetRow.name == dataset)
    if having is not None:
        query = query.where(having)
    if not with_archived:
        query = query.where(RunRow.archived_at.is_(None))
    now = utc_now()
    if statuses:
        query = query.where(reads_as(statuses, now))
    rows = session.execute(query.order_by(RunRow.id.desc()).limit(limit))
    return [_to_view(row, name, now) for row, name in rows]


def read_log(session: Session, settings: Settings, run_id: int, last_bytes: int = 200_000) -> str:
    """Return the end of the run's log, empty while it has written none; raises NotFound."""
    run_row(session, run_id)
    return read_log_end(settings, run_id, last_bytes)


def list_metrics(session: Session, run_id: int, name: str | None = None) -> list[MetricPoint]:
    """Return the run's measured values by stage and step."""
    query = select(MetricRow).where(MetricRow.run_id == run_id)
    if name:
        query = query.where(MetricRow.name == name)
    rows = session.scalars(query.order_by(MetricRow.id))
    return [MetricPoint(row.stage, row.name, row.step, row.value) for row in rows]


def run_row(session: Session, run_id: int) -> RunRow:
    """Return the stored run; raises NotFound."""
    row = session.get(RunRow, run_id)
    if row is None:
        raise NotFound(f"There is no run {run_id}. `python -m scicot runs list` shows them.")
    return row


def _view(session: Session, row: RunRow, now: datetime) -> RunView:
    session.refresh(row)
    dataset = session.get(DatasetRow, row.dataset_id) if row.dataset_id else None
    return _to_view(row, dataset.name if dataset else None, now)


def _to_view(row: RunRow, dataset: str | None, now: datetime) -> RunView:
    return RunView(
        id=row.id,
        kind=row.kind,
        name=row.name,
        method=row.method,
        dataset=dataset,
        status=effective_status(row, now),
        config=row.config,
        config_hash=row.config_hash,
        snapshot_id=row.snapshot_id,
        experiment_id=row.experiment_id,
        progress_done=row.progress_done,
        progress_total=row.progress_total,
        message=row.message,
        error=row.error,
        result=row.result,
        actor=row.actor,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        heartbeat_at=row.heartbeat_at,
        cancel_requested=row.cancel_requested,
        code_version=row.code_version,
        packages=row.packages,
        launcher=row.launcher,
        note=row.note,
        tags=tuple(row.tags),
        archived_at=row.archived_at,
    )
