"""Runs that people steer: cancel, resume, take back, move to the front."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.runs.launched import hand_over_again
from scicot.services.runs.lost import effective_status
from scicot.services.runs.runs import get_run, run_row
from scicot.words.errors import RunNotInState
from scicot.words.people import Action, needs
from scicot.words.records import ENDED_BADLY, Actor, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import LOCAL, PARCEL


@needs(Action.STEER_RUN)
def request_cancel(session: Session, actor: Actor, run_id: int) -> RunView:
    """Ask a run to stop; one that has not started, or whose worker is gone, is cancelled at once.

    A run that is already finished stays as it is.
    """
    with write(session):
        row = run_row(session, run_id)
        now = utc_now()
        status = effective_status(row, now)
        if status in (RunStatus.QUEUED, RunStatus.LOST):
            row.status = RunStatus.CANCELLED
            row.finished_at = now
            row.worker = None
            row.message = f"Cancelled by {actor.name}."
        elif not status.is_finished:
            row.cancel_requested = True
            row.message = f"Stopping: {actor.name} asked for it."
    return get_run(session, run_id)


@needs(Action.STEER_RUN)
def resume_run(
    session: Session,
    actor: Actor,
    run_id: int,
    *,
    launcher: str | None = None,
    launch: LaunchRow | None = None,
) -> RunView:
    """Queue a lost, cancelled or failed run again; its worker goes on from what is complete.

    It waits where it did, or for another `launcher` with its `launch`: both in one transaction, so
    that nobody who tends meanwhile starts it where it is not to go.
    """
    with write(session):
        row = run_row(session, run_id)
        status = effective_status(row, utc_now())
        if status not in ENDED_BADLY:
            raise RunNotInState(
                f"Run {run_id} is {status}; only a lost, cancelled or failed run can be resumed."
            )
        last = session.scalar(select(func.max(RunRow.queue_position))) or 0.0
        row.status = RunStatus.QUEUED
        row.queue_position = last + 1
        row.worker = None
        row.cancel_requested = False
        row.launched_at = None
        row.heartbeat_at = None
        row.finished_at = None
        row.error = None
        row.message = f"Queued again by {actor.name}."
        hand_over_again(session, run_id)
        if launcher is not None:
            row.launcher = launcher
        if launcher == LOCAL:
            session.execute(delete(LaunchRow).where(LaunchRow.run_id == run_id))
        if row.launcher == PARCEL:  # nothing here starts it
            row.message = (
                f"{row.message} `work` goes on with its parcel; `runs start {run_id}` lets it go "
                "on here instead."
            )
        if launch is not None:
            session.merge(launch)
    return get_run(session, run_id)


@needs(Action.STEER_RUN)
def start_here(session: Session, actor: Actor, run_id: int) -> RunView:
    """Let a run wait for a slot here: a packed one is taken back, a stopped one resumed.

    Its parcel, if somebody works on it all the same, cannot be taken in once the run is done here.
    """
    run = get_run(session, run_id)
    launch = session.get(LaunchRow, run_id)
    if launch and launch.ticket and launch.ended_at is None and not run.status.is_finished:
        raise RunNotInState(
            f"Run {run_id} is with {run.launcher} as {launch.ticket}. Cancel it first."
        )
    if run.status in ENDED_BADLY:
        return resume_run(session, actor, run_id, launcher=LOCAL)
    with write(session):
        row = run_row(session, run_id)
        if row.status is not RunStatus.QUEUED:
            raise RunNotInState(
                f"Run {run_id} is {row.status}; only one that waits can be started."
            )
        if row.launcher != LOCAL:
            row.launcher = LOCAL
            row.message = f"Taken back by {actor.name}."
            session.execute(delete(LaunchRow).where(LaunchRow.run_id == run_id))
    return get_run(session, run_id)


@needs(Action.STEER_RUN)
def move_to_front(session: Session, actor: Actor, run_id: int) -> None:
    """Make a run that waits for a slot here the next to start; raises RunNotInState for others."""
    with write(session):
        row = run_row(session, run_id)
        if row.status is not RunStatus.QUEUED:
            raise RunNotInState(
                f"Run {run_id} is {row.status}, not waiting, so it cannot be moved in the queue."
            )
        if row.launcher != LOCAL:
            raise RunNotInState(
                f"Run {run_id} waits elsewhere ({row.launcher}), where this queue does not reach. "
                f"`runs start {run_id}` lets it wait here."
            )
        first = session.scalar(
            select(func.min(RunRow.queue_position)).where(RunRow.status == RunStatus.QUEUED)
        )
        row.queue_position = (first or 0.0) - 1
        row.message = f"Moved up by {actor.name}."
