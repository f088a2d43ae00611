"""Bring a database to the newest schema, or refuse it by name."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError as DriverError

from db.base import Base
from db.copies import newest_good_backup
from db.restoring import SIDECARS, finish_restore
from db.session import get_engine, make_engine
from db.sqlite_file import damaged, known_damage, note_damage, say_where, sqlite_path
from scicot.words.errors import DatabaseUnusable
from scicot.words.storage import storage_error

LOOKED_THROUGH = 32 * 1024**2  # bytes; a larger file is looked through by the app and `doctor`


def _alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
    )
    config.attributes["url"] = url
    return config


@cache
def _versions() -> tuple[str, frozenset[str]]:
    scripts = ScriptDirectory.from_config(_alembic_config(""))
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return str(scripts.get_current_head()), known


def schema_version(url: str) -> str | None:
    """Return the revision the database is at, None when it has none."""
    try:
        with get_engine(url).connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DriverError as error:
        raise DatabaseUnusable(
            f"The database at {say_where(url)} cannot be read. "
            "Restore a backup, or point SCICOT_DATABASE_URL at another one."
        ) from error


def refuse_unknown_schema(version: str, what: str) -> None:
    """Raise DatabaseUnusable for a schema that this version of Sci-CoT does not know."""
    if version not in _versions()[1]:
        raise DatabaseUnusable(
            f"{what} has schema {version}, which this version of Sci-CoT does not know. "
            "Update Sci-CoT, or name another file."
        )


def migrate(url: str) -> None:
    """Upgrade the database to this version's schema; a newer or foreign one is left unchanged.

    A database that is at the newest schema is only looked at: no lock is taken. Raises
    DatabaseUnusable for one that is empty, foreign or newer, DatabaseBusy while another writer
    holds one that has to be upgraded.
    """
    path = sqlite_path(url)
    if path is not None:
        finish_restore(path)
        if not _is_there(path):
            _refuse_leftovers(path)
            _create(path)
            return
        if path.stat().st_size == 0:
            raise damaged(path)
    version = schema_version(url)
    if version is None and path is not None:
        raise DatabaseUnusable(
            f"{path} is a database, but not one of Sci-CoT. "
            "Point SCICOT_HOME or SCICOT_DATABASE_URL at another place."
        )
    if version is not None:
        refuse_unknown_schema(version, f"The database at {say_where(url)}")
    if version == _versions()[0]:
        _refuse_missing_tables(get_engine(url), f"The database at {say_where(url)}")
    if path is not None and path.stat().st_size <= LOOKED_THROUGH:
        look_through(url)
    if version != _versions()[0]:
        command.upgrade(_alembic_config(url), "head")


def _refuse_missing_tables(engine: Engine, what: str) -> None:
    """Raise DatabaseUnusable where tables are missing: another program numbers schemas as well."""
    with engine.connect() as connection:
        there = inspect(connection).get_table_names()
    missing = sorted(set(Base.metadata.tables) - set(there))
    if missing:
        raise DatabaseUnusable(
            f"{what} has no table '{missing[0]}': it is another program's, or was changed by hand. "
            "Restore a backup, or point SCICOT_HOME or SCICOT_DATABASE_URL at another place."
        )


def _refuse_leftovers(path: Path) -> None:
    """Raise DatabaseUnusable where a database is gone and its log is not.

    SQLite would read that log into a new database of the same name.
    """
    for suffix in SIDECARS:
        beside = path.with_name(path.name + suffix)
        if beside.exists() and beside.stat().st_size:
            backup = newest_good_backup(path)
            restore = f", or restore: python -m scicot restore {backup}" if backup else ""
            raise DatabaseUnusable(
                f"There is no database at {path}, but {beside.name} of one lies beside it: what "
                "was written last. Put the database back to it, or move it away to begin anew"
                f"{restore}."
            )


def look_through(url: str) -> bool:
    """Return whether a SQLite file is whole; one that is not is only read from now on."""
    path = sqlite_path(url)
    if path is None:
        return True
    if known_damage(path) is not None:
        return False
    try:
        with get_engine(url).connect() as connection:
            said = connection.scalar(text("PRAGMA quick_check(1)"))
    except DatabaseUnusable:  # noted where it was raised
        return False
    if said == "ok":
        return True
    note_damage(path, str(said))
    return False


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise storage_error(error, f"the database {path}") from error


def _create(path: Path) -> None:
    """Make a new database whole, then give it its name: nobody ever sees half of one."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        upgrade_file(draft)
        with suppress(FileExistsError):  # another process was first: theirs it is
            os.link(draft, path)
    except OSError as error:
        raise storage_error(error, f"the database {path}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def upgrade_file(path: Path, to: str = "head") -> None:
    """Bring a SQLite file that nobody else uses to a schema, the newest if none is named."""
    config = _alembic_config(f"sqlite:///{path}")
    engine = make_engine(f"sqlite:///{path}", may_be_empty=True)
    config.attributes["engine"] = engine
    try:
        command.upgrade(config, to)
        if to == "head":
            _refuse_missing_tables(engine, "The file")
    except DriverError as error:
        raise DatabaseUnusable(
            f"The file cannot be brought to this version's schema ({type(error).__name__}): it is "
            "not as Sci-CoT wrote it. Name another backup."
        ) from error
    finally:
        engine.dispose()  # the last connection's end brings the WAL into the file
