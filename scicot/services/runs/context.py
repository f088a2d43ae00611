"""What a run's handler is given: the run, and ways to report, to store and to be stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import MetricRow, RunRow
from db.rows import insert_or_replace
from db.session import open_session, write
from scicot.adapters.clock import utc_now
from scicot.adapters.students.helpers.led import Helpers
from scicot.services.runs.runs import MetricPoint
from scicot.words.errors import Cancelled, DatabaseBusy, Preempted, StorageError
from scicot.words.runs import RunView
from scicot.words.settings import Settings

PATIENCE_SECONDS = 600.0  # of a worker that meets a locked or absent database, or a full disk
RETRY_SECONDS = 1.0
ASKED_TO_STOP = "The run was asked to stop."
PUT_DOWN = "Put down: its machine is wanted back. It goes on from what is saved."
T = TypeVar("T")
log = logging.getLogger(__name__)


Tell = Callable[[Mapping[str, Any]], None]  # is told what the row is told, as one event each


def tell_nobody(_event: Mapping[str, Any]) -> None:
    """Leave it at the row."""


@dataclass
class RunContext:
    """What a handler is given: the run, the settings, and ways to report and to be stopped."""

    run: RunView
    settings: Settings
    worker: str
    tell: Tell = tell_nobody
    cancel_event: threading.Event = field(default_factory=threading.Event)
    lost_event: threading.Event = field(default_factory=threading.Event)
    preempt_event: threading.Event = field(default_factory=threading.Event)
    helpers: Helpers = field(default_factory=Helpers)  # whoever made the context ends them

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a session of this run's database; open one per piece of work, never across it."""
        with open_session(self.settings.resolved_database_url) as session:
            yield session

    def patiently(self, attempt: Callable[[Session], T]) -> T:
        """Return what the attempt does in a session of its own, once the database lets it.

        Hours of work must not be lost to somebody's long transaction or a server that starts anew.
        The attempt may be made again after it was carried out: a commit's answer can be lost.
        """

        def in_session() -> T:
            with self.session() as session:
                return attempt(session)

        return patiently(in_session, (DatabaseBusy,), check=self.check_cancelled)

    def check_cancelled(self) -> None:
        """Raise Cancelled when the run was asked to stop, or is no longer this worker's."""
        if self.cancel_event.is_set():
            raise Cancelled(ASKED_TO_STOP)
        if self.lost_event.is_set():
            raise Cancelled("Another worker has taken this run over.")

    def check(self) -> None:
        """Raise as `check_cancelled` does, and Preempted when the run's machine is wanted back.

        For moments in which all is kept that a resumed run would not make again quickly.
        """
        self.check_cancelled()
        if self.preempt_event.is_set():
            raise Preempted(PUT_DOWN)

    def report(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
        metrics: Sequence[MetricPoint] = (),
    ) -> None:
        """Write progress and metrics in one short transaction. A point written again replaces."""
        values: dict[str, Any] = {"heartbeat_at": utc_now()}
        if done is not None:
            values["progress_done"] = done
        if total is not None:
            values["progress_total"] = total
        if message is not None:
            values["message"] = message
        with self.session() as session, write(session):
            session.execute(
                update(RunRow)
                .where(RunRow.id == self.run.id, RunRow.worker == self.worker)
                .values(**values)
            )
            if metrics:
                store_metrics(session, self.run.id, metrics)
        said = {"done": done, "total": total, "message": message}
        event: dict[str, Any] = {key: value for key, value in said.items() if value is not None}
        if metrics:
            event["metrics"] = [asdict(point) for point in metrics]
        if event:
            self.tell(event)


Handler = Callable[[RunContext], Mapping[str, Any]]


def patiently(
    attempt: Callable[[], T],
    obstacles: tuple[type[Exception], ...] = (DatabaseBusy, StorageError),
    *,
    check: Callable[[], None] = lambda: None,
) -> T:
    """Return what the attempt does once no obstacle stands in its way, within PATIENCE_SECONDS.

    `check` may raise to stop the waiting.
    """
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return attempt()
        except obstacles as error:
            if time.monotonic() > give_up:
                raise
            log.warning("Tried again in %s s: %s", RETRY_SECONDS, error)
            check()
            time.sleep(RETRY_SECONDS)


def store_metrics(session: Session, run_id: int, metrics: Sequence[MetricPoint]) -> None:
    """Store measured values, inside `write(session)`; a point written again replaces."""
    now = utc_now()
    rows = [
        {
            "run_id": run_id,
            "stage": point.stage,
            "name": point.name,
            "step": point.step,
            "value": point.value,
            "at": now,
        }
        for point in metrics
    ]
    insert_or_replace(session, MetricRow, rows, keys=("run_id", "stage", "name", "step"))
