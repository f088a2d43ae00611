"""Bring a database to the newest schema, or refuse it by name."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError as DriverError

from db.session import get_engine
from scicot.words.errors import DatabaseUnusable


def _alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def schema_version(url: str) -> str | None:
    """Return the revision the database is at, None when it is empty."""
    try:
        with get_engine(url).connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DriverError as error:
        raise DatabaseUnusable(
            f"The database at {url} cannot be read ({error.orig}). "
            "Restore a backup, or point SCICOT_DATABASE_URL at another file."
        ) from error


def migrate(url: str) -> None:
    """Upgrade the database to this version's schema; a newer or foreign one is left unchanged."""
    config = _alembic_config(url)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = schema_version(url)
    if current is not None and current not in known:
        raise DatabaseUnusable(
            f"The database at {url} has schema {current}, which this version of Sci-CoT does not "
            "know. Update Sci-CoT, or point SCICOT_DATABASE_URL at another file."
        )
    command.upgrade(config, "head")
