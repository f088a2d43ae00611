"""A run from the inside: claim the row, beat, report, end in exactly one of three ways.

A fourth is no end: a run whose machine is wanted back saves, and waits for its next worker.

`run_worker` is what `python -m scicot run-worker ID` calls. What a run of each kind does is a
handler: a function that takes a `RunContext` and returns the run's result.
"""

from __future__ import annotations

import logging
import math
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.models import RunRow
from db.rows import changed_rows
from db.session import open_session, write
from scicot.adapters.clock import utc_now
from scicot.adapters.disk import Room, free_bytes
from scicot.adapters.launchers.local import this_process
from scicot.adapters.launchers.preemption import LEAVE_SECONDS
from scicot.adapters.versions import code_version, package_versions
from scicot.services.runs.context import (
    ASKED_TO_STOP,
    PUT_DOWN,
    Handler,
    RunContext,
    Tell,
    patiently,
    tell_nobody,
)
from scicot.services.runs.runs import get_run
from scicot.words.errors import (
    Cancelled,
    EmptyRun,
    Preempted,
    RunNotInState,
    SciCotError,
)
from scicot.words.records import NOT_BEGUN, RunKind, RunStatus
from scicot.words.settings import Settings
from scicot.words.storage import full_disk, says_full, says_no_memory, storage_error

HEARTBEAT_SECONDS = 5.0
CANCEL_POLL_SECONDS = 1.0
# A library that is loading or computing looks at nothing. A run may be ended at any moment (what it
# has made is published by rename, or stored in one transaction), so it does not wait for one; but a
# teacher's answers that are under way were paid for, unless it is the starter.
STOP_SECONDS = 2.5
ROOM_BYTES = 1_000_000
log = logging.getLogger(__name__)


def claim_run(session: Session, run_id: int, worker: str) -> bool:
    """Make the run this worker's by a conditional update; False when it is not to be had.

    The row says from then on with which code and packages the run is made: those of the machine
    that works on it, which need not be those of the one that queued it.
    """
    now = utc_now()
    process = this_process()
    with write(session):
        claimed = session.execute(
            update(RunRow)
            .where(
                RunRow.id == run_id,
                RunRow.worker.is_(None),
                RunRow.status.in_(NOT_BEGUN),
            )
            .values(
                status=RunStatus.RUNNING,
                worker=worker,
                host=process.host,
                pid=process.pid,
                pid_started=process.started,
                started_at=func.coalesce(RunRow.started_at, now),
                heartbeat_at=now,
                message="Starting.",
                code_version=code_version(),
                packages=package_versions(),
            )
        )
        return changed_rows(claimed) > 0


def run_worker(
    run_id: int,
    settings: Settings,
    handlers: Mapping[RunKind, Handler],
    *,
    tell: Tell = tell_nobody,
    leave: Callable[[], None] | None = None,
    preempted: threading.Event | None = None,
) -> RunStatus:
    """Carry the run out in this process and return how it ended.

    Once `preempted` is set the run is put down where nothing is lost, within LEAVE_SECONDS if
    there is a `leave`: it is queued, for the worker that its scheduler starts next.

    `tell` hears of everything that is reported to the row. `leave` ends the process: it is called
    once a run that was cancelled, and pays no teacher, has not stopped by itself for 2.5 s, and its
    row says so. Raises RunNotInState when another worker has it, or it is not waiting.
    """
    worker = uuid.uuid4().hex
    url = settings.resolved_database_url
    with open_session(url) as session:
        if not patiently(partial(claim_run, session, run_id, worker)):
            status = get_run(session, run_id).status
            raise RunNotInState(f"Run {run_id} is {status}; this worker leaves it alone.")
        context = RunContext(
            run=get_run(session, run_id),
            settings=settings,
            worker=worker,
            tell=tell,
            preempt_event=preempted or threading.Event(),
        )
    room = Room(settings.home_folder / f".room-of-run-{run_id}", ROOM_BYTES)
    room.put_aside()  # how the run ended can be written on a full disk too
    stopped = threading.Event()

    def stop_at_once(status: RunStatus) -> None:
        room.give_back()
        _finish(context, status, ASKED_TO_STOP if status is RunStatus.CANCELLED else None, {})
        if leave is not None:
            leave()

    can_stop = leave is not None and not context.run.may_pay
    beat = threading.Thread(
        target=_beat,
        args=(context, stopped, stop_at_once if can_stop else None),
        daemon=True,
        name="heartbeat",
    )
    beat.start()
    try:
        status, error, result = _carry_out(context, handlers)
        if status is RunStatus.FAILED and context.preempt_event.is_set():
            # the log says why: what it worked with, such as a helper, may have been ended before
            status, error, result = RunStatus.QUEUED, None, {}
    finally:
        context.helpers.end()
        stopped.set()
        beat.join()
        room.give_back()
    _finish(context, status, error, result)
    return status


def _carry_out(
    context: RunContext, handlers: Mapping[RunKind, Handler]
) -> tuple[RunStatus, str | None, Mapping[str, Any]]:
    try:
        context.check()
        return RunStatus.DONE, None, handlers[context.run.kind](context)
    except Preempted:
        return RunStatus.QUEUED, None, {}
    except Cancelled as reason:
        return RunStatus.CANCELLED, str(reason), {}
    except SciCotError as error:
        log.error("Run %s failed: %s", context.run.id, error)
        counts = error.result if isinstance(error, EmptyRun) else {}
        return RunStatus.FAILED, str(error), counts
    except OSError as error:
        log.exception("Run %s failed", context.run.id)
        return RunStatus.FAILED, str(storage_error(error, str(error.filename or "a file"))), {}
    except Exception as error:  # the worker's outermost frame: anything must end the row
        if says_no_memory(error):
            log.exception("Run %s failed without memory", context.run.id)
            return RunStatus.FAILED, _say_no_memory(error), {}
        folder = context.settings.artifacts_folder
        if says_full(error) or free_bytes(folder) < ROOM_BYTES:
            log.exception("Run %s failed on a full disk", context.run.id)
            return RunStatus.FAILED, str(full_disk(f"what run {context.run.id} has made")), {}
        error_id = uuid.uuid4().hex[:8]
        log.exception("Run %s failed (error %s)", context.run.id, error_id)
        sentence = f"Unexpected {type(error).__name__} (error {error_id}); the log has the details."
        return RunStatus.FAILED, sentence, {}


def _say_no_memory(error: BaseException) -> str:
    if "CUDA" not in str(error):
        return (
            "The machine ran out of memory. Lower tokens_per_batch, or set "
            "SCICOT_TRAINING_MEMORY_MB: long texts are then computed in less, and slower."
        )
    return (
        "The GPU ran out of memory. Let fewer runs share it (SCICOT_TRAINING_SLOTS), or lower "
        "tokens_per_batch where it trained."
    )


def _finish(
    context: RunContext, status: RunStatus, error: str | None, result: Mapping[str, Any]
) -> None:
    now = utc_now()
    values: dict[str, Any] = {"status": status, "error": error, "finished_at": now, "worker": None}
    if status is RunStatus.QUEUED:
        values |= {"message": PUT_DOWN, "finished_at": None, "launched_at": None}
    elif status is RunStatus.DONE:
        kept = dict(result)
        values |= {"message": kept.pop("message", "Done."), "result": kept}
    elif status is RunStatus.CANCELLED:
        values |= {"message": "Cancelled."}
    elif result:
        values |= {"result": dict(result)}

    def write_end() -> None:
        with context.session() as session, write(session):
            session.execute(
                update(RunRow)
                .where(RunRow.id == context.run.id, RunRow.worker == context.worker)
                .values(heartbeat_at=now, **values)
            )

    patiently(write_end)
    if status is RunStatus.QUEUED:
        context.tell({"message": PUT_DOWN})  # who follows a parcel need not know where it waits
    else:
        context.tell({"status": status.value, "error": error})


def _beat(
    context: RunContext,
    stopped: threading.Event,
    stop_at_once: Callable[[RunStatus], None] | None,
) -> None:
    last_beat = time.monotonic()
    is_asked = False
    leaves_at = math.inf
    while not stopped.wait(STOP_SECONDS if is_asked else CANCEL_POLL_SECONDS):
        if is_asked and stop_at_once is not None:
            stop_at_once(RunStatus.CANCELLED)
            return
        if context.preempt_event.is_set():
            leaves_at = min(leaves_at, time.monotonic() + LEAVE_SECONDS)
        if time.monotonic() >= leaves_at and stop_at_once is not None:
            log.warning(
                "Run %s: no step ended in time; the work since it was saved is lost.",
                context.run.id,
            )
            stop_at_once(RunStatus.QUEUED)
            return
        try:
            with context.session() as session:
                row = session.execute(
                    select(RunRow.cancel_requested, RunRow.worker).where(
                        RunRow.id == context.run.id
                    )
                ).one()
            if row.cancel_requested:
                context.cancel_event.set()
                is_asked = True
            if row.worker != context.worker:
                context.lost_event.set()
            if time.monotonic() - last_beat >= HEARTBEAT_SECONDS:
                context.report()
                last_beat = time.monotonic()
        except (SciCotError, SQLAlchemyError, OSError) as error:
            # the next round tries again, whatever it was: without a beat nobody could stop the run
            log.warning("Run %s: no sign of life could be written: %s", context.run.id, error)
