"""Two runs that need the same stage: one trains it, and the other waits for it.

A run's work folder for a stage says that it trains it, for as long as the run lives; it goes when
the stage is in place and in the database.
"""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RunRow
from scicot.adapters.clock import utc_now
from scicot.adapters.students.stages.stage_files import begin_work, is_complete, list_work_runs
from scicot.services.runs.lost import effective_status
from scicot.services.students.watcher import RunWatcher
from scicot.words.records import RunStatus

LOOK_SECONDS = 2.0  # between two looks at whether the stage is there


def await_turn(watcher: RunWatcher, stage_hash: str, folder: Path) -> None:
    """Return when this run may train the stage, or when another has: `folder` is whole then.

    Of two that begin at once, or find what both had begun, the one with the lower number trains.
    """
    context = watcher.context
    own, said = context.run.id, None
    has_begun = own in list_work_runs(context.settings, stage_hash)
    while True:
        trained_by = _find_other(watcher, stage_hash, below=own if has_begun else None)
        if trained_by is None and (has_begun or is_complete(folder)):
            return
        if trained_by is None:
            begin_work(context.settings, own, stage_hash)
            has_begun = True
            continue  # another may have begun at the same moment
        if said != trained_by:
            watcher.say(f"Waiting for run {trained_by}, which trains the same stage.")
            said = trained_by
        watcher.check()
        time.sleep(LOOK_SECONDS)


def _find_other(watcher: RunWatcher, stage_hash: str, below: int | None) -> int | None:
    """Return the run that trains the stage, of those with a lower number than `below`."""
    context = watcher.context
    others = [
        run_id
        for run_id in list_work_runs(context.settings, stage_hash)
        if run_id != context.run.id and (below is None or run_id < below)
    ]
    if not others:
        return None
    with context.session() as session:
        return next((run_id for run_id in others if _lives(session, run_id)), None)


def _lives(session: Session, run_id: int) -> bool:
    row = session.scalar(select(RunRow).where(RunRow.id == run_id))
    return row is not None and effective_status(row, utc_now()) is RunStatus.RUNNING
