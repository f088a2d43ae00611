"""Back the database up while it is in use, and put a backup in its place."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from db.migrate import migrate
from db.session import get_engine, open_session
from scicot.adapters.clock import utc_now
from scicot.adapters.sqlite_files import check_database, copy_database, put_database
from scicot.services.runs.runs import ACTIVE, list_runs
from scicot.words.errors import Conflict, DatabaseUnusable, InvalidInput
from scicot.words.settings import Settings


def back_up(settings: Settings, path: Path) -> int:
    """Write the whole database to one file and return its size in bytes.

    Works while others write. Trained students are not in it: they lie in the artifacts folder and
    can be trained again from what is. Raises InvalidInput when the file exists.
    """
    source = _database_file(settings)
    if path.exists():
        raise InvalidInput(
            f"{path} exists already. Choose a new name; backups are not overwritten."
        )
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent}. Make it first.")
    copy_database(source, path)
    return path.stat().st_size


def restore(settings: Settings, path: Path) -> Path | None:
    """Put a backup in place and return where the database from before is kept, if there was one.

    Raises Conflict while runs are going, DatabaseUnusable for a file that is no whole backup or
    is of a newer version; then nothing is changed.
    """
    target = _database_file(settings)
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}. Check the path.")
    check_database(path)
    if target.exists():
        with open_session(settings.resolved_database_url) as session:
            going = list_runs(session, statuses=ACTIVE)
        if going:
            raise Conflict(f"Run {going[0].id} is going. Cancel it, or wait, then restore.")
    get_engine(settings.resolved_database_url).dispose()
    stamp = utc_now().strftime("%Y%m%d-%H%M%S-%f")
    keep_as = target.with_name(f"{target.stem}-before-restore-{stamp}.db")
    target.parent.mkdir(parents=True, exist_ok=True)
    put_database(path, target, keep_as)
    migrate(settings.resolved_database_url)
    return keep_as if keep_as.exists() else None


def _database_file(settings: Settings) -> Path:
    url = make_url(settings.resolved_database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise DatabaseUnusable(
            "backup and restore are for SQLite. For PostgreSQL use pg_dump and pg_restore."
        )
    return Path(url.database)
