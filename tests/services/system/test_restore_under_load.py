"""Restoring while others work: every commit is stored before it, after it, or was refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import DatasetRow, RunRow
from db.session import get_engine, open_session, write
from db.sqlite_file import connect
from scicot.adapters.clock import utc_now
from scicot.services.runs.runs import create_run
from scicot.services.runs.worker import claim_run
from scicot.services.system.backups import back_up, restore
from scicot.services.workspace import open_workspace
from scicot.words.errors import Conflict, DatabaseBusy
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import Settings
from tests.cli.runner import ROOT, run_command

pytestmark = pytest.mark.sqlite


WRITER = """
import sys, time
from db.models import DatasetRow
from db.session import open_session, write
from scicot.adapters.clock import utc_now
from scicot.words.errors import DatabaseBusy
url, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(count):
    with open_session(url) as session:
        try:
            with write(session):
                session.add(DatasetRow(name=f"{name}-{number}", created_at=utc_now()))
            print(f"{name}-{number}", flush=True)
        except DatabaseBusy:
            pass
    time.sleep(0.005)
"""


def names(url: str) -> set[str]:
    with open_session(url) as session:
        return set(session.scalars(select(DatasetRow.name)))


def test_no_commit_of_four_processes_is_lost_by_five_restores(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    backup = back_up(settings, tmp_path / "backup.db").path
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, settings.resolved_database_url, f"w{number}", "120"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    kept = []
    committed: set[str] = set()
    readers = [threading.Thread(target=_collect, args=(writer, committed)) for writer in writers]
    with ExitStack() as ended:
        for reader, writer in zip(readers, writers, strict=True):
            reader.start()
            ended.callback(writer.wait)
            ended.callback(reader.join)
        while len(committed) < 20:
            pass
        for _ in range(5):
            before = len(committed)
            kept.append(restore(settings, backup))
            while len(committed) < before + 20 and any(one.poll() is None for one in writers):
                pass
    there = names(settings.resolved_database_url)
    for path in kept:
        assert path is not None
        there |= names(f"sqlite:///{path}")
    assert len(committed) > 200
    assert committed - there == set()


def _collect(writer: subprocess.Popen[str], committed: set[str]) -> None:
    assert writer.stdout is not None
    for line in writer.stdout:
        committed.add(line.strip())
    writer.stdout.close()


def test_a_page_that_is_open_reads_the_restored_database(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    backup = back_up(settings, tmp_path / "backup.db").path
    with write(session):
        session.add(DatasetRow(name="later", created_at=utc_now()))
    session.close()
    restore(settings, backup)
    assert session.scalar(select(func.count()).select_from(DatasetRow)) == 0


def test_a_writer_that_waited_through_a_restore_is_told_to_try_again(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    backup = back_up(settings, tmp_path / "backup.db").path
    connection = get_engine(settings.resolved_database_url).connect()
    connection.exec_driver_sql("SELECT 1")  # holds the file from before
    connection.rollback()
    held = connection.execution_options(scicot_write=True)
    restore(settings, backup)
    with pytest.raises(DatabaseBusy, match="restored just now"):
        held.exec_driver_sql("SELECT 1")
    connection.close()


def test_nothing_is_restored_under_a_running_run_behind_250_newer_ones(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    backup = back_up(settings, tmp_path / "backup.db").path
    run_id = create_run(session, Actor("Ada"), kind=RunKind.TRAIN, name="a run", config={})
    claim_run(session, run_id, "w")
    for _ in range(250):
        create_run(session, Actor("Ada"), kind=RunKind.TRAIN, name="a newer run", config={})
    with write(session):
        session.execute(update(RunRow).where(RunRow.id != run_id).values(status=RunStatus.DONE))
    with pytest.raises(Conflict, match=f"Run {run_id} is going"):
        restore(settings, backup)


def test_what_only_reads_does_so_while_another_process_writes(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    session.commit()
    with write(session):
        for words in (("doctor",), ("runs", "list"), ("backup", str(tmp_path / "busy.db"))):
            done = run_command(*words)
            assert done.returncode == 0, done.stdout + done.stderr


def test_a_migration_that_meets_a_writer_says_busy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_workspace() as session, write(session):
        session.connection().exec_driver_sql("DELETE FROM alembic_version")
        session.connection().exec_driver_sql("INSERT INTO alembic_version VALUES ('0000')")
    monkeypatch.setattr("db.sqlite_file.BUSY_TIMEOUT_MS", 100)
    monkeypatch.setattr("db.migrate._versions", lambda: ("0001", frozenset({"0000", "0001"})))
    get_engine(settings.resolved_database_url).dispose()
    other = connect(settings.home_folder / "scicot.db")
    other.execute("BEGIN IMMEDIATE")
    from db.migrate import migrate

    with pytest.raises(DatabaseBusy, match="busy with another writer"):
        migrate(settings.resolved_database_url)
    other.close()
