"""SQLite in a folder that several machines see: no WAL, and locks that need none of the disk's."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from db.migrate import migrate
from db.session import get_engine, open_session, write
from db.shared_folders import keep_without_wal
from db.sqlite_file import connect


@pytest.mark.parametrize("has_locks", [True, False])
def test_a_parcels_database_has_no_wal(tmp_path: Path, has_locks: bool) -> None:
    if not has_locks:
        (tmp_path / "scicot.db.lock").mkdir()  # left by a kill
    keep_without_wal(tmp_path, has_locks=has_locks)
    path = tmp_path / "scicot.db"
    url = f"sqlite:///{path}"
    migrate(url)
    other = connect(path)
    with open_session(url) as session, write(session):
        assert session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert not list(tmp_path.glob("*-wal"))
        other.execute("PRAGMA busy_timeout=0")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.rollback()
    other.close()
    get_engine(url).dispose()
