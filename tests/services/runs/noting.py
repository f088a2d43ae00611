"""Runs without work, and a launcher that starts nothing."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.local import WorkerProcess
from scicot.services.runs.lost import LOST_AFTER
from scicot.services.runs.runs import create_run
from scicot.words.records import Actor, RunKind
from scicot.words.settings import Settings

NOBODY = WorkerProcess("elsewhere", 1, 0.0)


class NotingLauncher:
    """Starts no process, and keeps what it was asked to start."""

    def __init__(self, process: WorkerProcess = NOBODY) -> None:
        self.run_ids: list[int] = []
        self.process = process

    def launch(self, settings: Settings, run_id: int) -> WorkerProcess:
        self.run_ids.append(run_id)
        return self.process


def new_run(session: Session, kind: RunKind = RunKind.TRAIN, name: str = "a run") -> int:
    return create_run(session, Actor("Ada"), kind=kind, name=name, config={"epochs": 1})


def age_heartbeat(session: Session, run_id: int) -> None:
    with write(session):
        old = utc_now() - LOST_AFTER - timedelta(seconds=1)
        session.execute(update(RunRow).where(RunRow.id == run_id).values(heartbeat_at=old))
