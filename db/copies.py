"""Copies of a SQLite database: made while it is in use, examined, listed."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path

from db.sqlite_file import PRIMARY, name_error
from db.syncing import sync, sync_folder
from scicot.words.errors import DatabaseUnusable

AS_NAMED = "surrogateescape"  # as Python keeps a file's name that is no UTF-8
OURS = ("dataset", "question", "rationale", "revision", "run")  # in every version
LOOKED_AT = 5  # backups examined in search of a good one; each is read whole


def copy_database(source: Path, target: Path) -> None:
    """Write a consistent copy of a database that others may be writing to.

    The copy holds every commit from before the start; it appears under its name only when whole.
    Raises DatabaseUnusable when the source is damaged.
    """
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    # made by us: what the machine refuses is an OSError, and nobody else may read it
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reader,
            closing(sqlite3.connect(partial)) as writer,
        ):
            reader.backup(writer)
            # one file to carry: nothing of the copy may lie in a sidecar
            writer.execute("PRAGMA journal_mode=DELETE")
        check_database(partial, called=source.name)
        sync(partial)
        os.replace(partial, target)
        sync_folder(target.parent)
    except sqlite3.Error as error:
        raise _named(error, source, target) from error
    finally:
        partial.unlink(missing_ok=True)


def _named(error: sqlite3.Error, source: Path, target: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & PRIMARY
    if code == sqlite3.SQLITE_FULL:
        return OSError(errno.ENOSPC, "No space left on device", str(target))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseUnusable(f"{source.name} is damaged ({error}). Name another backup.")
    return name_error(error, source) or error


def check_database(path: Path, *, called: str | None = None) -> str:
    """Return the schema version of a whole Sci-CoT database; raises DatabaseUnusable."""
    name = called or path.name
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as reader:
            problem = reader.execute("PRAGMA integrity_check(1)").fetchone()[0]
            version = reader.execute("SELECT version_num FROM alembic_version").fetchone()
            for table in OURS:  # another program may number its schemas as we do
                reader.execute(f"SELECT id FROM {table} LIMIT 0")
    except sqlite3.Error as error:
        raise DatabaseUnusable(
            f"{name} is no Sci-CoT database ({error}). Name a file that `backup` wrote."
        ) from error
    if problem != "ok" or version is None:
        raise DatabaseUnusable(f"{name} is damaged ({problem}). Name another backup.")
    return str(version[0])


def backups_folder(database: Path) -> Path:
    """Return where backups lie when no other place is named."""
    return database.parent / "backups"


def note_backup(database: Path, backup: Path) -> None:
    """Remember where a backup was written, for the day the database cannot say it."""
    with suppress(OSError), _list_of(database).open("a", encoding="utf-8", errors=AS_NAMED) as file:
        file.write(f"{backup.absolute()}\n")


def list_backups(database: Path) -> list[Path]:
    """Return the backups that are known of and there, the newest first."""
    known = set(backups_folder(database).glob("*.db"))
    with suppress(OSError):
        listed = _list_of(database).read_text(encoding="utf-8", errors=AS_NAMED).split("\n")
        known |= {Path(line) for line in listed if line}
    written = {}
    for path in known:
        with suppress(OSError):  # one may be removed, or be a link to nothing
            about = path.stat()
            if stat.S_ISREG(about.st_mode):
                written[path] = about.st_mtime_ns
    return sorted(written, key=lambda path: written[path], reverse=True)


def newest_good_backup(database: Path) -> Path | None:
    """Return the newest backup that is whole, None when there is none."""
    from db.migrate import refuse_unknown_schema  # which opens databases, as we do

    for backup in list_backups(database)[:LOOKED_AT]:
        with suppress(DatabaseUnusable):
            refuse_unknown_schema(check_database(backup), backup.name)
            return backup
    return None


def _list_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.backups")
