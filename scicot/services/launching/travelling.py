"""Following a run that travels: what its worker tells in the parcel's folder comes to the row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.parcel_news import News, ask_to_stop, read_news, result_path
from scicot.services.parcels.take_in import take_in
from scicot.services.runs.context import store_metrics
from scicot.services.runs.lost import LOST_AFTER
from scicot.services.runs.runs import MetricPoint
from scicot.words.errors import Conflict, InvalidParcel, StorageError
from scicot.words.records import NOT_BEGUN, Actor, RunStatus
from scicot.words.settings import PARCEL, Settings

DONE_THERE = "done"  # the state of a parcel whose worker has told so
MOST = 2**31 - 1  # of what is counted


def follow_parcel(session: Session, settings: Settings, run_id: int) -> bool:
    """Bring the news of a run's parcel to its row; a result of a cluster's run is taken in.

    One that a person carried away says where its result lies. A run that is over is left alone,
    but for one that was cancelled while nothing was heard of its worker: that may go on.
    True where a result lies there that this machine's disk had no room for, or refused.
    """
    launch, row = session.get_one(LaunchRow, run_id), session.get_one(RunRow, run_id)
    session.refresh(row)
    parcel, is_over = Path(launch.parcel or ""), row.status.is_finished
    is_carried, actor = row.launcher == PARCEL, row.actor
    stops, read_bytes = row.cancel_requested, launch.read_bytes
    stops = stops or row.status is RunStatus.CANCELLED
    session.commit()
    if stops and launch.parcel:
        ask_to_stop(parcel)
    news = None if is_over else read_news(parcel, read_bytes)
    if news is None:
        return False
    result = result_path(parcel)
    _bring(session, run_id, news, result if result.exists() else None)
    if not result.exists() or is_carried:
        return False
    return not _take_in(session, settings, Actor(actor), run_id, result)


def _take_in(session: Session, settings: Settings, actor: Actor, run_id: int, path: Path) -> bool:
    """Take a result in and return True, or say on the row why it could not be."""
    try:
        take_in(session, settings, actor, path)
    except (InvalidParcel, Conflict) as error:
        session.rollback()
        with write(session):
            row = session.get_one(RunRow, run_id)
            if not row.status.is_finished:  # another may have taken it in
                row.status, row.error, row.finished_at = RunStatus.FAILED, str(error), utc_now()
    except StorageError as error:
        session.rollback()
        with write(session):
            row = session.get_one(RunRow, run_id)
            is_stored = row.status.is_finished
            again = f" `runs take-in {path}` does the rest." if is_stored else ""
            row.message = f"Done there. {error}{again}"
            return is_stored
    return True


def _bring(session: Session, run_id: int, news: News, result: Path | None) -> None:
    """Write the news to the row; `result` is the file that the worker has written, if it has."""
    last: Mapping[str, Any] = next(
        (event for event in reversed(news.events) if "message" in event or "status" in event), {}
    )
    with write(session):
        launch, row = session.get_one(LaunchRow, run_id), session.get_one(RunRow, run_id)
        session.refresh(row)
        if row.status.is_finished:
            return
        launch.read_bytes = news.read_bytes
        _bring_progress(session, row, news)
        status = last.get("status")
        if status == RunStatus.DONE.value and row.launcher == PARCEL:
            launch.state = DONE_THERE  # kept: the worker lives on while it writes the result
        if launch.state == DONE_THERE and row.launcher == PARCEL:
            _say_done(row, result)
        elif status in (RunStatus.FAILED.value, RunStatus.CANCELLED.value):
            said = last.get("error")
            row.status, row.error = (
                RunStatus(str(status)),
                None if said is None else _storable(str(said)),
            )
            row.finished_at = utc_now()
            row.message = "Cancelled." if row.status is RunStatus.CANCELLED else row.message


def _say_done(row: RunRow, result: Path | None) -> None:
    """Let a run that a person carried away wait for who takes its result in, once it is there."""
    if result is None:
        row.message = "Done there; its result is being written."
        return
    row.status = RunStatus.QUEUED
    row.message = f"Done there; `runs take-in {result}` brings its result."


def _bring_progress(session: Session, row: RunRow, news: News) -> None:
    for event in news.events:
        row.progress_done = _count(event.get("done"), row.progress_done)
        row.progress_total = _count(event.get("total"), row.progress_total)
        if "message" in event:
            row.message = _storable(str(event["message"])[:2000])
        told = event.get("metrics")
        points = [point for each in told if (point := _read_point(each))] if told else []
        if points:
            store_metrics(session, row.id, points)
    heard = news.alive_at
    if heard is None or utc_now() - heard > LOST_AFTER:  # of an attempt that is over
        return
    heard = min(heard, utc_now())  # a node whose clock is ahead would live for ever
    if row.heartbeat_at is None or heard > row.heartbeat_at:
        row.heartbeat_at = heard
        row.started_at = row.started_at or heard
        if row.status in NOT_BEGUN:
            row.status = RunStatus.RUNNING


def _count(value: object, before: int) -> int:
    return value if type(value) is int and 0 <= value <= MOST else before


def _read_point(told: Any) -> MetricPoint | None:
    """Return a measured value that was told; None for what a damaged file says in its place."""
    try:
        stage, name = str(told["stage"])[:50], str(told["name"])[:50]
        value = float(told["value"])
        if not math.isfinite(value) or any(_storable(text) != text for text in (stage, name)):
            return None
        return MetricPoint(stage, name, _count(told["step"], 0), value)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _storable(text: str) -> str:
    """Return the text with a question mark for each sign that no database keeps as text."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode("utf-8")
