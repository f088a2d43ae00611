"""The way in for every screen and command: the settings and a session on a migrated database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy.orm import Session

from db.migrate import migrate
from db.session import open_session
from scicot.words.settings import get_settings


@contextmanager
def open_workspace() -> Iterator[Session]:
    """Yield a session on the database of the settings, migrated once a process."""
    url = get_settings().resolved_database_url
    _migrate_once(url)
    with open_session(url) as session:
        yield session


@lru_cache(maxsize=8)
def _migrate_once(url: str) -> None:
    migrate(url)
