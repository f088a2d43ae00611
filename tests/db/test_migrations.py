from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

import db.models  # noqa: F401
from db.base import Base
from db.migrate import migrate
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
