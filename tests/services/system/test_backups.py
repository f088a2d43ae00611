from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.session import open_session
from scicot.services.questions.lookup import count_questions
from scicot.services.runs.runs import create_run
from scicot.services.runs.worker import claim_run
from scicot.services.system.backups import back_up, restore
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
