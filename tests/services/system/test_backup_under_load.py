"""Backing up while others write: all from before is in it, nothing is halved, nobody is refused."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import copies
from db.models import DatasetRow
from db.session import open_session, write
from scicot.adapters.clock import utc_now
from scicot.services.system.backups import back_up
from scicot.words.settings import Settings

pytestmark = pytest.mark.sqlite
WRITERS = 4
HALVES = ("left", "right")  # what one transaction stores


class Load:
    """Writers that go on until they are told to stop; `committed` is what they stored."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.committed: set[str] = set()
        self.is_over = threading.Event()

    def write_on(self, writer: int) -> None:
        number = 0
        while not self.is_over.is_set():
            name, number = f"{writer}-{number}", number + 1
            with open_session(self.url) as session, write(session):
                for half in HALVES:
                    session.add(DatasetRow(name=f"{name} {half}", created_at=utc_now()))
                    session.flush()
            self.committed.add(name)
            self.is_over.wait(0.01)  # so that each has its turn

    def wait_for_more(self, most: float = 30) -> None:
        """Return once more was stored, some of it begun after this was called."""
        before, ends = len(self.committed), time.monotonic() + most
        while len(self.committed) <= before + WRITERS:
            assert time.monotonic() < ends, "the writers stand still"
            self.is_over.wait(0.005)


@contextmanager
def writing(url: str) -> Iterator[Load]:
    """Yield a database under load; a writer that was refused fails the test when it is over."""
    load = Load(url)
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(load.write_on, writer) for writer in range(WRITERS)]
        try:
            yield load
        finally:
            load.is_over.set()
    for one in writers:
        one.result()


def stored_in(backup: Path) -> set[str]:
    """Return the names that a backup holds; it must open whole."""
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with open_session(f"sqlite:///{backup}") as session:
        return set(session.scalars(select(DatasetRow.name)))


def test_a_backup_while_four_write_holds_each_commit_from_before_and_none_by_half(
    session: Session, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.close()
    check = copies.check_database
    with writing(settings.resolved_database_url) as load:

        def check_slowly(path: Path, *, called: str | None = None) -> str:
            load.wait_for_more()  # the backup is not over yet, and everybody still writes
            return check(path, called=called)

        monkeypatch.setattr(copies, "check_database", check_slowly)
        before: list[set[str]] = []
        backups: list[Path] = []
        for number in range(3):
            load.wait_for_more()
            before.append(set(load.committed))
            backups.append(back_up(settings, tmp_path / f"{number}.db").path)
    for names, backup in zip(before, backups, strict=True):
        stored = stored_in(backup)
        assert {f"{name} {half}" for name in names for half in HALVES} - stored == set()
        whole = {name.rpartition(" ")[0] for name in stored}
        assert len(stored) == len(HALVES) * len(whole)
    assert len(load.committed) > len(before[-1])
