"""SQLite databases as files: copied while in use, examined, put in place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from scicot.words.errors import DatabaseUnusable

SIDECARS = ("-wal", "-shm", "-journal")


def copy_database(source: Path, target: Path) -> None:
    """Write a consistent copy of a database that others may be writing to.

    The copy holds every commit from before the start; it appears under its name only when whole.
    """
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(partial)) as writer:
        reader.backup(writer)
        # one file to carry: nothing of the copy may lie in a sidecar
        writer.execute("PRAGMA journal_mode=DELETE")
    check_database(partial)
    os.replace(partial, target)


def check_database(path: Path) -> str:
    """Return the schema version of a whole Sci-CoT database; raises DatabaseUnusable."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            problem = connection.execute("PRAGMA integrity_check").fetchone()[0]
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise DatabaseUnusable(
            f"{path.name} is no Sci-CoT database ({error}). Name a file that `backup` wrote."
        ) from error
    if problem != "ok" or version is None:
        raise DatabaseUnusable(f"{path.name} is damaged ({problem}). Name another backup.")
    return str(version[0])


def put_database(source: Path, target: Path, keep_as: Path) -> None:
    """Make a copy of `source` the database at `target`; what was there is kept at `keep_as`."""
    copied = target.with_name(f"{target.name}.restoring")
    copy_database(source, copied)
    if target.exists():
        copy_database(target, keep_as)
    for suffix in SIDECARS:  # a sidecar of the old file must not meet the new one
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    os.replace(copied, target)
