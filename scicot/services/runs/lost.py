"""Which runs are lost: their row says that they go on, and their worker is silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, or_

from db.models import RunRow
from scicot.adapters.launchers.local import worker_lives
from scicot.words.records import RunStatus

# of silence, counted from the last beat: shown within 30 s of a death, as screens look every 2 s
LOST_AFTER = timedelta(seconds=25)
# at most, between machines; what was heard later than that was by a clock that was put back
CLOCKS_DIFFER = timedelta(minutes=10)
ACTIVE = (RunStatus.STARTING, RunStatus.RUNNING)


def effective_status(row: RunRow, now: datetime) -> RunStatus:
    """Return the stored status, or `lost` when the worker has not been heard of for 25 s.

    A worker that lives on this machine is not lost: the database may have been locked meanwhile.
    """
    if row.status in ACTIVE:
        heard = row.heartbeat_at or row.launched_at or row.created_at
        is_silent = not now - LOST_AFTER <= heard <= now + CLOCKS_DIFFER
        if is_silent and not worker_lives(row.host, row.pid, row.pid_started):
            return RunStatus.LOST
    return row.status


def reads_as(statuses: Sequence[RunStatus], now: datetime) -> ColumnElement[bool]:
    """Return `effective_status(row, now) in statuses` as a condition."""
    heard = func.coalesce(RunRow.heartbeat_at, RunRow.launched_at, RunRow.created_at)
    speaks = heard.between(now - LOST_AFTER, now + CLOCKS_DIFFER)
    is_silent = and_(RunRow.status.in_(ACTIVE), not_(speaks))
    stored = and_(RunRow.status.in_(statuses), not_(is_silent))
    return or_(stored, is_silent) if RunStatus.LOST in statuses else stored
