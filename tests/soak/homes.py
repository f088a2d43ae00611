"""A soak's homes: each with a SQLite file, or with a database of its own on a PostgreSQL server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.session import get_engine
from scicot.words.settings import get_settings
from tests.postgresql import drop_database, find_programs, new_database, running_server

NOTE = "database-url.txt"  # in a home whose database lies on a server


@contextmanager
def server_of(database: str) -> Iterator[str | None]:
    """Yield the URL of a PostgreSQL server of this soak's own; None for `sqlite`."""
    if database == "sqlite":
        yield None
        return
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed (Debian: postgresql).")
    with running_server(programs) as server:
        yield server


def give_database(home: Path, server: str, template: str = "template1") -> str:
    """Create a database for a home, note it there, and return its URL."""
    home.mkdir(parents=True, exist_ok=True)
    url = new_database(server, template)
    (home / NOTE).write_text(url, encoding="utf-8")
    return url


def database_of(home: Path) -> str:
    """Return the URL of a home's database."""
    note = home / NOTE
    return note.read_text(encoding="utf-8") if note.exists() else f"sqlite:///{home / 'scicot.db'}"


def use_home(home: Path) -> None:
    """Point the settings of this process at a home."""
    os.environ["SCICOT_HOME"] = str(home)
    os.environ["SCICOT_DATABASE_URL"] = database_of(home)
    get_settings.cache_clear()


def fresh_copy(template: Path, home: Path) -> Path:
    """Return the home as a copy of the template; its database, if it has one, is made anew."""
    if home.exists():
        url = database_of(home)
        get_engine(url).dispose()
        if (home / NOTE).exists():
            drop_database(url)
        shutil.rmtree(home)
    shutil.copytree(template, home)
    if (home / NOTE).exists():
        url = database_of(template)
        get_engine(url).dispose()  # a database is copied while nobody is connected
        give_database(home, *url.rsplit("/", 1))
    return home
