from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

import db.models  # noqa: F401
from db.base import Base
from db.migrate import migrate, upgrade_file
from db.session import get_engine
from scicot.words.errors import DatabaseUnusable


def test_migrations_from_blank_equal_the_models(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'blank.db'}"
    migrate(url)
    with get_engine(url).connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_newer_schema_is_refused_and_left_unchanged(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newer.db'}"
    migrate(url)
    with get_engine(url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable, match="schema 9999"):
        migrate(url)
    with get_engine(url).connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_a_file_that_is_no_database_is_refused_and_left_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear database, " * 500)
    with pytest.raises(DatabaseUnusable, match="cannot be read"):
        migrate(f"sqlite:///{path}")
    assert path.read_text().startswith("Dear database")


def test_questions_keep_their_rationales_while_their_table_is_made_anew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'older.db'}"
    (tmp_path / "older.db").touch()
    upgrade_file(tmp_path / "older.db", to="0001")
    with get_engine(url).begin() as connection:
        for statement in (
            "INSERT INTO dataset VALUES (1, 'demo', '2026-01-01')",
            "INSERT INTO question VALUES (7, 1, 'train', 'q1', 0, 'Why?', '[]', 'A', 'h', "
            "'2026-01-01')",
            "INSERT INTO rationale (id, question_id, dataset_id, origin, source, sample, status, "
            "risk, length, created_at) VALUES (3, 7, 1, 'human', 'book', 0, 'accepted', 0, 1, "
            "'2026-01-01')",
        ):
            connection.execute(text(statement))
    migrate(url)
    with get_engine(url).begin() as connection:
        assert connection.execute(text("SELECT question_id FROM rationale")).all() == [(7,)]
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        connection.execute(
            text(
                "INSERT INTO question (dataset_id, split, external_id, position, stem, choices, "
                "answer_key, content_hash, created_at) VALUES "
                "(1, 'test', 'q1', 0, 'Why?', '[]', 'A', 'h', '2026-01-01')"
            )
        )
