"""Looking after runs that are elsewhere: hand over, follow, confirm, stop. Whoever looks, tends.

The run's row rules. What a cluster says decides only where the row cannot know better: a job that
waits again was requeued, one that is gone before its worker began has failed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.models import LaunchRow, RunRow
from db.rows import changed_rows
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.cluster import ClusterLauncher, is_at_hand, open_cluster, title
from scicot.adapters.parcel_news import is_in_sight
from scicot.services.launching.launches import make_carried, parcel_of
from scicot.services.launching.settling import settle
from scicot.services.launching.travelling import follow_parcel
from scicot.services.parcels.pack import write_run
from scicot.services.runs.lost import ACTIVE, CLOCKS_DIFFER
from scicot.services.runs.runs import get_run
from scicot.words.errors import ClusterSilent, DatabaseError, SciCotError, StorageError
from scicot.words.launching import CLUSTERS, ClusterName, Phase, Seen, read_options
from scicot.words.records import UNDER_WAY, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from scicot.words.storage import storage_error

LOOK_EVERY = timedelta(seconds=2)
SOON = timedelta(seconds=1)  # a cluster that has no answer by then is silent: asked once a pass
SILENT_FOR = timedelta(seconds=10)  # and not by every look of a page: each would wait for it
LEFT_AFTER = timedelta(seconds=10)  # a run that nobody looks at who reaches its cluster
# after which whoever was handing a run over is taken for gone: an upload may take minutes
SUBMITTING = timedelta(minutes=10)
# the clusters that let this process wait in vain, by launcher and address, and when
_silent_at: dict[tuple[str, str], datetime] = {}
log = logging.getLogger(__name__)


def look_after(session: Session, settings: Settings) -> None:
    """Hand over what waits for a cluster, and bring every run that is elsewhere up to date."""
    session.commit()
    at_hand = [name for name in CLUSTERS if is_at_hand(name)]
    now = utc_now()
    # one of a time to come was by a clock that was put back
    silent = {which for which, at in _silent_at.items() if at <= now < at + SILENT_FOR}
    for run_id in _to_hand_over(session, at_hand):
        with _alone(session, run_id):
            _hand_over(session, settings, run_id, silent)
    for run_id in _to_look_at(session, at_hand):
        with _alone(session, run_id):
            _look_after(session, settings, run_id, silent)


@contextmanager
def _alone(session: Session, run_id: int) -> Iterator[None]:
    """Keep one run's trouble from the others: it is told on its row, and tending goes on."""
    try:
        yield
    except (SciCotError, OSError, SQLAlchemyError) as error:
        log.warning("Run %s elsewhere: %s", run_id, error)
        session.rollback()
        with suppress(DatabaseError, StorageError, SQLAlchemyError):
            _tell_trouble(session, run_id, error)


def _tell_trouble(session: Session, run_id: int, error: Exception) -> None:
    """Say on the run's row why it cannot be followed; a busy database is nobody's trouble."""
    if isinstance(error, DatabaseError):
        return
    said = str(error)
    if isinstance(error, OSError):
        said = str(storage_error(error, str(error.filename or "the folder of its parcel")))
    elif isinstance(error, SQLAlchemyError):
        said = f"What it tells cannot be stored ({type(error).__name__}). The app's log says more."
    with write(session):
        session.execute(
            update(RunRow)
            .where(RunRow.id == run_id, RunRow.status.in_(UNDER_WAY))
            .values(message=said)
        )


def _to_hand_over(session: Session, at_hand: Sequence[str]) -> list[int]:
    query = (
        select(RunRow.id)
        .join(LaunchRow, LaunchRow.run_id == RunRow.id)
        .where(
            RunRow.status == RunStatus.QUEUED,
            RunRow.launcher.in_(at_hand),
            LaunchRow.ticket.is_(None),
        )
        .order_by(RunRow.queue_position)
    )
    run_ids = list(session.scalars(query))
    session.commit()
    return run_ids


def _hand_over(
    session: Session, settings: Settings, run_id: int, silent: set[tuple[str, str]]
) -> None:
    """Submit one run, once, whoever else looks; a cluster that refuses fails the run.

    One that says nothing is added to `silent`: other runs wait until it is asked again.
    """
    if _waits_for_a_word(session, run_id, silent):
        return
    mine = _claim(session, run_id)
    if mine is None:
        return
    run, launch = get_run(session, run_id), session.get_one(LaunchRow, run_id)
    launcher, asked = run.launcher, launch.options
    session.commit()
    try:
        name = _cluster_name(launcher)
        options = read_options(name, asked)
        parcel = parcel_of(run, options)
        if parcel is not None:
            _provide(session, settings, run, parcel)
            renewed = _claim(session, run_id, after=mine)
            if renewed is None:
                return  # resumed or taken back while it was packed
            mine = renewed
        cluster = open_cluster(name, options)
        submitted = cluster.submit(make_carried(settings, options, run_id, parcel=parcel))
    except (SciCotError, OSError) as error:
        session.rollback()
        if isinstance(error, ClusterSilent):
            _note_silence(_address(launcher, asked), silent)
        with write(session):
            if (held := _held(session, run_id, mine)) is not None:
                row = session.get_one(RunRow, run_id)
                row.status, row.error, row.finished_at = RunStatus.FAILED, str(error), utc_now()
                held.ended_at = utc_now()
        return
    with write(session):
        held = _held(session, run_id, mine)
        if held is not None:
            held.ticket, held.submission = submitted.ticket, submitted.submission
            row = session.get_one(RunRow, run_id)
            if row.status is RunStatus.QUEUED:  # its worker may have begun already
                row.message = f"Handed to {title(launcher)} as {submitted.ticket}."
    if held is None:  # it goes elsewhere meanwhile: this job is nobody's
        cluster.stop(submitted.ticket)


def _waits_for_a_word(session: Session, run_id: int, silent: set[tuple[str, str]]) -> bool:
    """Return whether the run's cluster is silent just now, which its row then says."""
    launch, row = session.get_one(LaunchRow, run_id), session.get_one(RunRow, run_id)
    is_silent = _address(row.launcher, launch.options) in silent
    said = f"{title(row.launcher)} does not answer; it is asked again in a moment."
    is_told = row.message == said
    session.commit()
    if is_silent and not is_told:
        with write(session):
            session.execute(
                update(RunRow)
                .where(RunRow.id == run_id, RunRow.status == RunStatus.QUEUED)
                .values(message=said)
            )
    return is_silent


def _address(launcher: str, options: Mapping[str, Any]) -> tuple[str, str]:
    """Return which cluster it is, for this process."""
    return launcher, str(options.get("address", ""))


def _note_silence(which: tuple[str, str], silent: set[tuple[str, str]]) -> None:
    silent.add(which)
    _silent_at[which] = utc_now()


def _claim(session: Session, run_id: int, *, after: datetime | None = None) -> datetime | None:
    """Make handing a run over this caller's, and return since when; None where it is not to be had.

    `after` renews a claim of its own.
    """
    now = utc_now()
    # one of a time to come was by a clock that was put back
    is_held = LaunchRow.submitted_at.between(now - SUBMITTING, now + CLOCKS_DIFFER)
    free = or_(LaunchRow.submitted_at.is_(None), not_(is_held))
    with write(session):
        claimed = session.execute(
            update(LaunchRow)
            .where(
                LaunchRow.run_id == run_id,
                LaunchRow.ticket.is_(None),
                free if after is None else LaunchRow.submitted_at == after,
                exists().where(
                    RunRow.id == run_id,
                    RunRow.status == RunStatus.QUEUED,
                    RunRow.launcher.in_(CLUSTERS),
                ),
            )
            .values(submitted_at=now)
        )
    return now if changed_rows(claimed) else None


def _held(session: Session, run_id: int, since: datetime) -> LaunchRow | None:
    """Return the launch that this caller has claimed, None where another has it by now."""
    launch = session.get(LaunchRow, run_id)
    return launch if launch is not None and launch.submitted_at == since else None


def _provide(session: Session, settings: Settings, run: RunView, parcel: Path) -> None:
    """Write the run's parcel where it is not there yet, as it is when the run is resumed."""
    if not parcel.exists():
        write_run(session, settings, run, parcel)
    with write(session):
        launch = session.get_one(LaunchRow, run.id)
        if launch.parcel != str(parcel):  # the first one, or a former engine's
            launch.parcel, launch.read_bytes = str(parcel), 0


def _to_look_at(session: Session, at_hand: Sequence[str]) -> list[int]:
    """Return what nobody has looked at just now; the look is then this caller's.

    Of a run on a cluster that is not at hand only the parcel can be followed. That is left to who
    reaches the cluster, unless nobody has looked for longer.
    """
    now = utc_now()
    away = [name for name in CLUSTERS if name not in at_hand]
    is_away = LaunchRow.run_id.in_(select(RunRow.id).where(RunRow.launcher.in_(away)))
    is_due = (
        LaunchRow.ended_at.is_(None),
        or_(
            and_(
                ~is_away,
                or_(LaunchRow.ticket.is_not(None), LaunchRow.parcel.is_not(None)),
                or_(LaunchRow.seen_at.is_(None), ~_seen_within(LOOK_EVERY, now)),
            ),
            and_(is_away, LaunchRow.parcel.is_not(None), ~_seen_within(LEFT_AFTER, now)),
        ),
    )
    due = session.execute(select(LaunchRow.run_id, LaunchRow.parcel, is_away).where(*is_due)).all()
    session.commit()
    mine = []
    for run_id, parcel, left in due:
        if left and (parcel is None or not is_in_sight(Path(parcel))):
            continue
        with write(session):
            claim = update(LaunchRow).where(LaunchRow.run_id == run_id, *is_due)
            if changed_rows(session.execute(claim.values(seen_at=now))):
                mine.append(run_id)
    return mine


def _seen_within(time: timedelta, now: datetime) -> ColumnElement[bool]:
    """Return the condition of a look a short time ago; one later than now was by another clock."""
    return LaunchRow.seen_at.between(now - time, now)


def _look_after(
    session: Session, settings: Settings, run_id: int, silent: set[tuple[str, str]]
) -> None:
    """Bring one run up to date; a cluster that let this look wait in vain is added to `silent`."""
    launch, row = session.get_one(LaunchRow, run_id), session.get_one(RunRow, run_id)
    session.refresh(row)
    launcher, ticket, options = row.launcher, launch.ticket, launch.options
    is_travelling, heard = launch.parcel is not None, row.heartbeat_at
    session.commit()
    cluster: ClusterLauncher | None = None
    seen = Seen(Phase.UNKNOWN, "")
    which = _address(launcher, options)
    is_asked = launcher in CLUSTERS and which not in silent
    if ticket is not None and is_asked and is_at_hand(_cluster_name(launcher)):
        name = _cluster_name(launcher)
        cluster = open_cluster(name, read_options(name, options))
        asked_at = utc_now()
        # before the row is read: what it wrote at its end is then there
        seen = cluster.look(ticket)
        if seen.phase is Phase.UNKNOWN and utc_now() - asked_at >= SOON:
            _note_silence(which, silent)
    if is_travelling and follow_parcel(session, settings, run_id):
        return  # its result waits for room here
    if ticket is None:
        _end_when_over(session, run_id)
    elif cluster is not None and settle(session, run_id, ticket, seen, heard=heard):
        cluster.stop(ticket)


def _end_when_over(session: Session, run_id: int) -> None:
    with write(session):
        row = session.get_one(RunRow, run_id)
        session.refresh(row)
        if row.status.is_finished:
            session.get_one(LaunchRow, run_id).ended_at = utc_now()


def stop_former(session: Session, run_id: int) -> None:
    """End the job that a run had, before it is handed over once more."""
    launch, row = session.get(LaunchRow, run_id), session.get(RunRow, run_id)
    if launch and row and launch.ticket and launch.ended_at is None and row.launcher in CLUSTERS:
        name = _cluster_name(row.launcher)
        open_cluster(name, read_options(name, launch.options)).stop(launch.ticket)


def _cluster_name(launcher: str) -> ClusterName:
    return next(name for name in CLUSTERS if name == launcher)


def take_over_requeued(
    session: Session, run_id: int, job: str | None, restarts: str | None
) -> None:
    """Free a run for this worker when Slurm began the run's own job anew.

    Slurm has ended the earlier worker by then, which had no time to say so.
    """
    if not job or not restarts or restarts == "0":
        return
    with write(session):
        launch = session.get(LaunchRow, run_id)
        if launch is not None and launch.ticket == job:
            session.execute(
                update(RunRow)
                .where(RunRow.id == run_id, RunRow.status.in_(ACTIVE))
                .values(status=RunStatus.QUEUED, worker=None)
            )
