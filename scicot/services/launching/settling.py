"""What a cluster says of a run's job, and what the run's row makes of it: the row rules."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.cluster import title
from scicot.services.runs.context import PUT_DOWN
from scicot.services.runs.lost import ACTIVE
from scicot.words.launching import Phase, Seen
from scicot.words.records import RunStatus
from scicot.words.storage import LESS_MEMORY

GRACE = timedelta(seconds=15)  # for the worker to end by itself before the cluster ends it
RESULT_AFTER = timedelta(seconds=30)  # until a shared folder shows what a job wrote at its end
CANCELLED = ("CANCELLED", "STOPPED")  # the clusters' own words


def settle(
    session: Session, run_id: int, ticket: str, seen: Seen, *, heard: datetime | None
) -> bool:
    """Bring row and cluster together, and return whether the cluster is to end the job.

    `heard` is when the run's worker had last been heard of before the cluster was asked.
    """
    if seen.phase is Phase.UNKNOWN:
        return False
    now = utc_now()
    with write(session):
        launch, row = session.get_one(LaunchRow, run_id), session.get_one(RunRow, run_id)
        session.refresh(launch)
        session.refresh(row)
        if launch.ticket != ticket:  # resumed meanwhile: the old job is nobody's
            return seen.phase is not Phase.ENDED
        if seen.phase is Phase.ENDED and launch.state != seen.state:
            launch.stop_at = now + RESULT_AFTER  # there is nothing to stop any more
        launch.state, launch.reason, launch.place = seen.state, seen.reason[:500], seen.place
        if seen.phase is Phase.ENDED:
            if _may_bring_a_result(launch, row, seen, now):
                row.message = (
                    f"{title(row.launcher)} job {ticket} has ended: {seen.sentence()}. "
                    "Its result is looked for."
                )
                return False
            launch.ended_at = now
            _settle_ended(row, ticket, seen)
            return False
        if row.status.is_finished:
            is_over_long = row.finished_at is None or row.finished_at < now - GRACE
            return seen.phase is Phase.WAITS or is_over_long or row.started_at is None
        if seen.phase is Phase.WAITS:
            # a worker that was heard of since has begun after the cluster's word was true
            if row.heartbeat_at == heard:
                _settle_waiting(row, ticket, seen)
        elif row.status is RunStatus.QUEUED and row.message != PUT_DOWN:
            row.message = f"{title(row.launcher)} job {ticket} runs; its worker starts."
        if not row.cancel_requested:
            return False
        launch.stop_at = launch.stop_at or now + GRACE
        return launch.stop_at <= now


def _may_bring_a_result(launch: LaunchRow, row: RunRow, seen: Seen, now: datetime) -> bool:
    """Return whether a shared folder may show the result of a job that has ended a moment later."""
    is_awaited = launch.parcel is not None and not row.status.is_finished
    if not is_awaited or row.cancel_requested or seen.state in CANCELLED:
        return False
    return launch.stop_at is not None and launch.stop_at - RESULT_AFTER <= now < launch.stop_at


def _settle_waiting(row: RunRow, ticket: str, seen: Seen) -> None:
    """Let a run wait again whose job does: it was requeued, and its worker works no more."""
    said = f"{title(row.launcher)} job {ticket}, {seen.sentence()}"
    if row.status in ACTIVE:
        row.status, row.worker = RunStatus.QUEUED, None
        row.heartbeat_at = row.launched_at = None
        said = f"Requeued. {said}"
    if row.message != f"{said}.":
        row.message = f"{said}."


def _settle_ended(row: RunRow, ticket: str, seen: Seen) -> None:
    """Leave the row as the worker left it, or end it where the worker could not."""
    if row.status.is_finished:
        return
    now = utc_now()
    where = f"{title(row.launcher)} job {ticket}"
    if row.cancel_requested or seen.state in CANCELLED:
        row.status, row.finished_at, row.worker = RunStatus.CANCELLED, now, None
        row.message = f"Cancelled; {where}: {seen.sentence()}."
    elif seen.is_out_of_memory:
        row.status, row.finished_at, row.worker = RunStatus.FAILED, now, None
        row.error = (
            f"Out of memory: {where} was ended for want of it ({seen.sentence()}). Ask for more "
            f"(--ask memory_gb=N), or do with less. {LESS_MEMORY} Then resume it."
        )
    elif row.status is RunStatus.QUEUED:
        row.status, row.finished_at = RunStatus.FAILED, now
        row.error = (
            f"{where} ended before its worker began ({seen.sentence()}). The log says more; "
            "correct what the run asks for, and resume it."
        )
        if row.started_at is not None and row.message == PUT_DOWN:
            row.error = (
                f"{where} ended when its machine was wanted back, and was not requeued "
                f"({seen.sentence()}). Resume the run: it goes on from what is saved."
            )
    else:  # its heartbeat, which has stopped, will say that it is lost
        row.message = f"{where} has ended: {seen.sentence()}."
