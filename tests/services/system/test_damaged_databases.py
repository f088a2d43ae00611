"""A damaged database: only read, never written, named with the newest good backup, restored."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import select

from db.models import DatasetRow
from db.session import get_engine, open_session, write
from scicot.adapters.clock import utc_now
from scicot.services.questions.lookup import count_questions
from scicot.services.system.backups import back_up, restore
from scicot.services.system.findings import Level
from scicot.services.system.health import examine
from scicot.services.workspace import open_workspace
from scicot.words.errors import DatabaseUnusable
from scicot.words.settings import Settings
from tests.builders import store_questions
from tests.cli.runner import run_command, run_json
from tests.services.system.damages import DAMAGES

pytestmark = pytest.mark.sqlite


@pytest.fixture
def closed_file(settings: Settings, tmp_path: Path) -> Path:
    """A closed database with questions, and a backup of it that is known."""
    with open_workspace() as session:
        store_questions(session, tmp_path / "data", train=200)
    back_up(settings, tmp_path / "good.db")
    return close(settings)


def close(settings: Settings) -> Path:
    get_engine(settings.resolved_database_url).dispose()
    return settings.home_folder / "scicot.db"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_backup_is_restored_over_any_damage_and_the_old_file_is_kept_as_it_was(
    closed_file: Path, settings: Settings, tmp_path: Path, damage: str
) -> None:
    DAMAGES[damage](closed_file)
    closed_file.with_name("scicot.db-wal").write_bytes(b"half a log")
    before = digests(closed_file)
    kept = restore(settings, tmp_path / "good.db")
    assert kept is not None
    assert digests(kept) == before
    with open_session(settings.resolved_database_url) as session:
        assert count_questions(session)["demo"]
    assert not [found for found in examine(settings) if found.level is Level.BAD]


def digests(path: Path) -> dict[str, str]:
    files = sorted(path.parent.glob(f"{path.name}*"))
    return {
        file.name.removeprefix(path.name): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.name.endswith((".db", "-wal", "-shm", "-journal"))
    }


@pytest.mark.parametrize("damage", DAMAGES)
def test_doctor_looks_at_everything_else_and_names_the_newest_good_backup(
    closed_file: Path, tmp_path: Path, damage: str
) -> None:
    (tmp_path / "home" / "backups").mkdir()
    (tmp_path / "home" / "backups" / "newer-but-bad.db").write_bytes(b"no database")
    DAMAGES[damage](closed_file)
    size = closed_file.stat().st_size
    done = run_command("doctor")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert f"restore {tmp_path / 'good.db'}" in done.stdout
    assert "versions" in done.stdout
    assert closed_file.stat().st_size == size


@pytest.mark.parametrize("damage", DAMAGES)
def test_nothing_is_written_to_a_damaged_database(
    closed_file: Path, settings: Settings, tmp_path: Path, damage: str
) -> None:
    DAMAGES[damage](closed_file)
    content = closed_file.read_bytes()
    with pytest.raises(DatabaseUnusable, match=r"restore .*good\.db"):
        import_something(settings)
    assert closed_file.read_bytes() == content
    done = run_command("import", "questions", tmp_path / "data", "--dataset", "other")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "good.db" in done.stderr


def import_something(settings: Settings) -> None:
    from db.migrate import migrate

    migrate(settings.resolved_database_url)
    with open_session(settings.resolved_database_url) as session, write(session):
        session.add(DatasetRow(name="never", created_at=utc_now()))


def test_damage_found_while_reading_ends_writing_in_every_process(
    closed_file: Path, settings: Settings
) -> None:
    with open_session(settings.resolved_database_url) as session:
        assert session.scalar(select(DatasetRow.name)) == "demo"
    DAMAGES["inner pages"](close(settings))
    with (
        open_session(settings.resolved_database_url) as session,
        pytest.raises(DatabaseUnusable, match="only read"),
    ):
        count_questions(session)
    with (
        open_session(settings.resolved_database_url) as session,
        pytest.raises(DatabaseUnusable, match="only read"),
        write(session),
    ):
        pass
    done = run_json("backup", exit_code=1)
    assert "damaged" in done["error"]
    assert done["error_id"]


def test_an_unknown_newer_schema_is_refused_before_anything_moves(
    closed_file: Path, settings: Settings, tmp_path: Path
) -> None:
    import sqlite3

    newer = sqlite3.connect(tmp_path / "good.db")
    newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.commit()
    newer.close()
    before = digests(closed_file)
    with pytest.raises(DatabaseUnusable, match="schema 9999"):
        restore(settings, tmp_path / "good.db")
    assert digests(closed_file) == before
