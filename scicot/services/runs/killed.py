"""Runs whose worker was killed: the cause on the row, as far as it is known."""

from __future__ import annotations

import signal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.killed import Killed, take_killed
from scicot.services.runs.lost import ACTIVE
from scicot.words.launching import HEAVY
from scicot.words.records import RunKind, RunStatus
from scicot.words.settings import Settings
from scicot.words.storage import LESS_MEMORY


def tell_killed(session: Session, settings: Settings) -> None:
    """Say on the rows of runs whose worker this process has seen killed what ended it.

    A run that the kernel ended for want of memory has failed. Any other reads as lost once its
    worker has been silent for long enough, and says by what signal.
    """
    for killed in take_killed(settings.resolved_database_url):
        with write(session):
            row = session.get(RunRow, killed.run_id)
            if row is None:  # deleted meanwhile
                continue
            values = _describe(killed, row.kind)
            session.execute(
                update(RunRow)
                .where(
                    RunRow.id == killed.run_id,
                    RunRow.host == killed.host,
                    RunRow.pid == killed.pid,
                    RunRow.status.in_(ACTIVE),
                )
                .values(**values)
            )


def _describe(killed: Killed, kind: RunKind) -> dict[str, Any]:
    """Return what the row says; never more than the kernel has told."""
    way_out = LESS_MEMORY if kind in HEAVY else "Close other programs, or run it elsewhere."
    way_out = f"{way_out} Then resume it: it goes on from what is whole."
    ended = {"status": RunStatus.FAILED, "finished_at": utc_now(), "worker": None}
    if killed.signal == signal.SIGKILL and killed.meanwhile.group:
        return ended | {
            "error": "Out of memory: the run's process was killed when the system ended a "
            f"process of its container or job for want of memory. {way_out}"
        }
    if killed.signal == signal.SIGKILL and killed.meanwhile.machine:
        return ended | {
            "error": "Probably out of memory: the run's process was killed while the system ended "
            f"a process of this machine for want of memory. {way_out}"
        }
    name = _name(killed.signal)
    said = f"The run's process was ended by {name}. Resume goes on from what is whole."
    if killed.signal == signal.SIGKILL and killed.meanwhile.machine == 0:
        said = (
            f"The run's process was killed by {name}, and not for want of memory: somebody did it, "
            "or a scheduler. Resume goes on from what is whole."
        )
    return {"error": said}


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
