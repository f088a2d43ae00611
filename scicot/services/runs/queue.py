"""Which waiting run starts next. No scheduler process: whoever looks, tends.

Called when a run is created, when a worker ends, by the pages that poll, and by `--wait`; so the
queue moves on even when a worker was killed.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.launcher import Launcher
from scicot.adapters.launchers.local import WorkerProcess
from scicot.adapters.students.machine import count_slots
from scicot.services.runs.killed import tell_killed
from scicot.services.runs.runs import list_active
from scicot.words.launching import HEAVY
from scicot.words.records import RunStatus
from scicot.words.settings import LOCAL, Settings
from scicot.words.storage import storage_error


def tend_queue(session: Session, settings: Settings, launcher: Launcher | None) -> list[int]:
    """Launch every waiting run that has a slot, and return their ids; none without a launcher."""
    launched: list[int] = []
    if launcher is None:
        return launched
    tell_killed(session, settings)
    while (run_id := _take_next(session, count_slots(settings))) is not None:
        try:
            process = launcher.launch(settings, run_id)
        except OSError as error:  # no room for its log, a folder that is read-only
            _fail(session, run_id, error)
            continue
        _name_process(session, run_id, process)
        launched.append(run_id)
    return launched


def _name_process(session: Session, run_id: int, process: WorkerProcess) -> None:
    """Note whose start is waited for: a machine with much to do may need a minute for it."""
    with write(session):
        session.execute(
            update(RunRow)
            .where(RunRow.id == run_id, RunRow.worker.is_(None))
            .values(host=process.host, pid=process.pid, pid_started=process.started)
        )


def _fail(session: Session, run_id: int, error: OSError) -> None:
    """End a run whose process could not be started with the reason, as a cluster's is ended."""
    said = storage_error(error, str(error.filename or "this machine for another process"))
    with write(session):
        session.execute(
            update(RunRow)
            .where(RunRow.id == run_id, RunRow.status == RunStatus.STARTING)
            .values(status=RunStatus.FAILED, error=str(said), finished_at=utc_now(), message="")
        )


def _take_next(session: Session, training_slots: int) -> int | None:
    waiting = select(RunRow.id).where(_waits_here()).limit(1)
    if session.scalar(waiting) is None:  # the usual case costs no write lock
        session.commit()
        return None
    now = utc_now()
    with write(session):
        busy = len(list_active(session, HEAVY, launcher=LOCAL))
        query = select(RunRow.id).where(_waits_here())
        if busy >= training_slots:
            query = query.where(RunRow.kind.not_in(HEAVY))
        run_id = session.scalar(query.order_by(RunRow.queue_position).limit(1))
        if run_id is not None:
            session.execute(
                update(RunRow)
                .where(RunRow.id == run_id)
                .values(status=RunStatus.STARTING, launched_at=now, message="Starting its process.")
            )
        return run_id


def _waits_here() -> ColumnElement[bool]:
    """Return the condition of a run that waits for a slot here; the others wait elsewhere."""
    return and_(RunRow.status == RunStatus.QUEUED, RunRow.launcher == LOCAL)


def list_queue(session: Session) -> list[int]:
    """Return the ids of the runs that wait, the next to start first."""
    waiting = select(RunRow.id).where(_waits_here())
    return list(session.scalars(waiting.order_by(RunRow.queue_position)))
