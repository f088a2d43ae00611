import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.orm import Session

from db.copies import newest_good_backup
from db.migrate import migrate
from db.session import get_engine, open_session
from db.sqlite_file import known_damage
from scicot.services.questions.lookup import count_questions
from scicot.services.runs.runs import create_run
from scicot.services.runs.worker import claim_run
from scicot.services.system.backups import back_up, back_up_daily, restore
from scicot.services.system.findings import Level
from scicot.services.system.health import examine
from scicot.words.errors import Conflict, DatabaseUnusable, InvalidInput, StorageError
from scicot.words.records import Actor, RunKind
from scicot.words.settings import Settings
from tests.builders import store_questions

pytestmark = pytest.mark.sqlite


def test_a_backup_restores_what_was_there_and_keeps_what_came_after(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "first", dataset="first")
    assert back_up(settings, tmp_path / "backup.db").size > 0
    store_questions(session, tmp_path / "second", dataset="second")
    session.close()
    kept = restore(settings, tmp_path / "backup.db")
    with open_session(settings.resolved_database_url) as restored:
        assert list(count_questions(restored)) == ["first"]
        assert not [found for found in examine(settings) if found.level is Level.BAD]
    assert kept is not None
    with open_session(f"sqlite:///{kept}") as before:
        assert list(count_questions(before)) == ["first", "second"]


def test_a_backup_does_not_overwrite(session: Session, settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "backup.db")
    with pytest.raises(InvalidInput, match="exists already"):
        back_up(settings, tmp_path / "backup.db")


@pytest.mark.parametrize("content", [b"", b"Dear database, " * 400])
def test_a_file_that_is_no_backup_changes_nothing(
    session: Session, settings: Settings, tmp_path: Path, content: bytes
) -> None:
    store_questions(session, tmp_path / "data")
    path = tmp_path / "letter.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match=r"letter\.db is no Sci-CoT database"):
        restore(settings, path)
    assert list(count_questions(session)) == ["demo"]


def test_nothing_is_restored_under_a_running_run(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    back_up(settings, tmp_path / "backup.db")
    run_id = create_run(session, Actor("Ada"), kind=RunKind.TRAIN, name="a run", config={})
    claim_run(session, run_id, "w")
    with pytest.raises(Conflict, match=f"Run {run_id} is going"):
        restore(settings, tmp_path / "backup.db")


@pytest.mark.parametrize(
    ("path", "error"), [("~nouser/x.db", InvalidInput), ("/proc/no-such/x.db", InvalidInput)]
)
def test_a_place_that_cannot_hold_a_backup_is_named(
    session: Session, settings: Settings, path: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        back_up(settings, Path(path))


def test_a_backup_that_the_machine_does_not_take_says_so(
    session: Session, settings: Settings
) -> None:
    with pytest.raises(StorageError, match="/proc/x"):
        back_up(settings, Path("/proc/x"))


def test_another_programs_database_is_no_backup_whatever_its_schema_is_called(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "data")
    there = session.scalar(text("SELECT version_num FROM alembic_version"))
    path = tmp_path / "letters.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE alembic_version (version_num)")
        other.execute("INSERT INTO alembic_version VALUES (?)", (there,))
        other.execute("CREATE TABLE letter (text)")
    with pytest.raises(DatabaseUnusable, match=r"letters\.db is no Sci-CoT database"):
        restore(settings, path)
    back_up(settings, tmp_path / "backup.db")
    with sqlite3.connect(tmp_path / "backup.db") as changed:
        changed.execute("DROP TABLE review")
    with pytest.raises(DatabaseUnusable, match="no table 'review'"):
        restore(settings, tmp_path / "backup.db")
    assert list(count_questions(session)) == ["demo"]


def test_no_new_database_is_made_beside_what_is_left_of_one(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "data")
    back_up(settings, tmp_path / "backup.db")
    path = settings.home_folder / "scicot.db"
    log = path.with_name("scicot.db-wal").read_bytes()  # as a kill leaves it
    session.close()
    get_engine(settings.resolved_database_url).dispose()
    path.unlink()
    path.with_name("scicot.db-wal").write_bytes(log)
    with pytest.raises(DatabaseUnusable, match=r"scicot\.db-wal of one lies beside .*backup\.db"):
        migrate(settings.resolved_database_url)
    restore(settings, tmp_path / "backup.db")
    with open_session(settings.resolved_database_url) as restored:
        assert list(count_questions(restored)) == ["demo"]


def test_a_clock_that_was_put_back_stops_no_daily_backup(
    session: Session, settings: Settings
) -> None:
    daily = settings.model_copy(update={"daily_backups": 2})
    folder = settings.home_folder / "backups"
    made = [back_up(settings) for _ in range(3)]
    later = folder / "scicot-20990101-000000-000000.db"
    made[0].path.rename(later)
    os.utime(later, (4_070_908_800, 4_070_908_800))
    for backup in made[1:]:
        os.utime(backup.path, (10**9, 10**9))
    kept = back_up_daily(daily)
    assert kept is not None
    assert set(folder.iterdir()) == {kept.path, made[2].path}
    assert back_up_daily(daily) is None


def test_a_link_to_nothing_among_the_backups_hides_no_good_one(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    good = back_up(settings).path
    (good.parent / "gone.db").symlink_to(tmp_path / "gone.db")
    os.mkfifo(good.parent / "pipe.db")
    assert newest_good_backup(settings.home_folder / "scicot.db") == good


def test_an_error_about_a_text_is_none_of_the_file(session: Session, settings: Settings) -> None:
    with pytest.raises(DriverError, match="malformed JSON"):
        session.execute(text("SELECT json_extract('{no', '$.a')"))
    assert known_damage(settings.home_folder / "scicot.db") is None
