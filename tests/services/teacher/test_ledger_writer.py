"""A locked database or a full disk while answers arrive: none of them is lost or bought again."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from scicot.adapters.teacher.spool import Spool
from scicot.services.teacher.ledger.writer import LedgerWriter
from scicot.words.errors import DatabaseBusy, StorageFull
from scicot.words.settings import Settings

pytestmark = pytest.mark.sqlite  # it locks the file


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool" / "run-1.jsonl")


@pytest.fixture
def impatience(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that wait for a lock a moment only."""
    monkeypatch.setattr("db.sqlite_file.BUSY_TIMEOUT_MS", 100)


@pytest.fixture
def lock(impatience: None, session: Session, settings: Settings) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(settings.home_folder / "scicot.db", isolation_level=None)
    yield connection
    connection.close()


def wait_for(spool: Spool, lines: int) -> None:
    until = time.monotonic() + 60
    while len(spool.read()) < lines and time.monotonic() < until:
        time.sleep(0.02)


def nothing(_session: Session) -> str:
    return "written"


def test_every_answer_that_arrives_while_the_database_is_locked_is_spooled(
    settings: Settings, spool: Spool, lock: sqlite3.Connection
) -> None:
    lock.execute("BEGIN IMMEDIATE")
    with LedgerWriter(settings.resolved_database_url, spool) as writer:
        first = writer.submit(nothing, spooled={"number": 0})
        wait_for(spool, 1)
        later = [writer.submit(nothing, spooled={"number": number}) for number in range(1, 6)]
        wait_for(spool, 6)
        assert [line["number"] for line in spool.read()] == list(range(6))
        assert not first.done()
        lock.rollback()
        assert [future.result(60) for future in [first, *later]] == ["written"] * 6
    assert spool.read() == []


def test_what_was_spooled_stays_when_the_lock_outlasts_the_patience(
    settings: Settings, spool: Spool, lock: sqlite3.Connection
) -> None:
    lock.execute("BEGIN IMMEDIATE")
    with LedgerWriter(settings.resolved_database_url, spool, give_up_seconds=0) as writer:
        future = writer.submit(nothing, spooled={"number": 0})
        with pytest.raises(DatabaseBusy):
            future.result(60)
    assert [line["number"] for line in spool.read()] == [0]


def test_a_database_without_room_keeps_the_answer_in_the_spool(
    settings: Settings, session: Session, spool: Spool
) -> None:
    def fill(inside: Session) -> None:
        pages = inside.execute(text("PRAGMA page_count")).scalar_one()
        inside.execute(text(f"PRAGMA max_page_count = {pages}"))
        inside.execute(text("CREATE TABLE filling AS SELECT zeroblob(1000000) AS room"))

    with LedgerWriter(settings.resolved_database_url, spool) as writer:
        future = writer.submit(fill, spooled={"number": 7})
        with pytest.raises(StorageFull, match="Make room"):
            future.result(60)
    assert [line["number"] for line in spool.read()] == [7]


def test_on_a_full_disk_the_spool_uses_the_room_put_aside(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.room.put_aside()
    room = tmp_path / "spool" / "run-1.room"
    sync = os.fsync

    def full_while_the_room_is_there(descriptor: int) -> None:
        if room.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full_while_the_room_is_there)
    lines: list[dict[str, Any]] = [{"number": 1}, {"number": 2}]
    spool.append(lines)
    assert spool.read() == lines
    assert not room.exists()
