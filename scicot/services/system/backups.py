"""Back the database up while it is in use, keep the last few, and put a backup in its place."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.copies import (
    backups_folder,
    check_database,
    copy_database,
    list_backups,
    newest_good_backup,
    note_backup,
)
from db.holding import held
from db.migrate import refuse_unknown_schema, upgrade_file
from db.models import QuestionRow, RationaleRow
from db.restoring import put_in_place
from db.session import get_engine, make_engine
from db.sqlite_file import damaged, forget_damage, known_damage, note_damage, sqlite_path
from scicot.adapters.atomic_files import refuse_special_file
from scicot.adapters.clock import utc_now
from scicot.services.runs.runs import list_active
from scicot.services.system.invariants import find_violations
from scicot.words.errors import Conflict, DatabaseUnusable, InvalidInput
from scicot.words.settings import Settings
from scicot.words.storage import storage_error

A_DAY = timedelta(days=1)
STAMP = "%Y%m%d-%H%M%S-%f"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written, and the older ones that made room for it."""

    path: Path
    size: int
    removed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What restoring a backup would bring back: it was done on a copy and looked at."""

    backup: Path | None
    made_at: datetime
    questions: int
    rationales: int
    broken: tuple[str, ...]


def back_up(settings: Settings, path: Path | None = None, *, keep: int | None = None) -> Backup:
    """Write the whole database to one file; with `keep`, leave only that many of its series.

    Without a path, or with a folder, the file is named by the moment. With `keep`, a file that is
    there steps aside under its own moment instead of being refused. Works while others write.
    Trained students are not in it: they can be trained again from what is. Raises InvalidInput
    when the file exists, DatabaseUnusable when the database is damaged.
    """
    source = _database_file(settings)
    if known_damage(source) is not None:
        raise damaged(source)
    target, series = _choose_target(source, path, keep)
    if not source.exists():
        raise InvalidInput(f"There is no database at {source} yet, so nothing to back up.")
    try:
        copy_database(source, target)
    except DatabaseUnusable as error:
        note_damage(source, str(error))
        raise damaged(source) from error
    except OSError as error:
        raise storage_error(error, f"the backup {target}") from error
    note_backup(source, target)
    removed = _remove_older(target, series, keep) if keep else ()
    return Backup(target, target.stat().st_size, removed)


def _choose_target(source: Path, path: Path | None, keep: int | None) -> tuple[Path, str]:
    """Return the file to write and the pattern of its series."""
    stamp = utc_now().strftime(STAMP)
    path = path.expanduser() if path is not None else backups_folder(source)
    if path.is_dir() or path == backups_folder(source) or (keep and not path.suffix):
        with _folder_errors(path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path / f"{source.stem}-{stamp}.db", f"{source.stem}-[0-9]*.db"
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent}. Make it first.")
    refuse_special_file(path)
    if path.exists() and not keep:
        raise InvalidInput(
            f"{path} exists already. Choose a new name; backups are not overwritten."
        )
    if path.exists():
        moment = datetime.fromtimestamp(path.stat().st_mtime_ns / 1e9, UTC)
        path.rename(path.with_name(f"{path.stem}-{moment.strftime(STAMP)}{path.suffix}"))
    return path, f"{path.stem}-[0-9]*{path.suffix}"


@contextmanager
def _folder_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise storage_error(error, f"the folder {path}") from error


def _remove_older(newest: Path, series: str, keep: int) -> tuple[Path, ...]:
    # the moment is in the name: a copied file keeps its place in the series
    others = sorted((path for path in newest.parent.glob(series) if path != newest), reverse=True)
    surplus = tuple(others[keep - 1 :])
    for path in surplus:
        path.unlink(missing_ok=True)
    return surplus


def back_up_daily(settings: Settings) -> Backup | None:
    """Write today's backup if the newest is a day old; None when there is nothing to do."""
    if not settings.daily_backups:
        return None
    folder = backups_folder(_database_file(settings))
    moments = [path.stat().st_mtime for path in folder.glob("*.db")]
    if moments and utc_now() - datetime.fromtimestamp(max(moments), UTC) < A_DAY:
        return None
    return back_up(settings, keep=settings.daily_backups)


def restore(settings: Settings, path: Path) -> Path | None:
    """Put a backup in place and return where the file from before is kept, if there was one.

    The old file and its sidecars are kept by rename, whatever state they are in. Others may go on
    working: what they write is stored before the restore or refused, never lost. Raises Conflict
    while runs are going, DatabaseUnusable for a file that is no whole backup or is of a newer
    version; then nothing is changed.
    """
    target = _database_file(settings)
    path = path.expanduser()
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}. Check the path.")
    refuse_unknown_schema(check_database(path), path.name)
    with _folder_errors(target.parent):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        copy_database(path, draft)
        upgrade_file(draft)
        with held(target) as session:
            # a file that cannot be read has no runs to ask for
            going = list_active(session) if session is not None else []
            if going:
                raise Conflict(f"Run {going[0]} is going. Cancel it, or wait, then restore.")
            kept = put_in_place(draft, target)
    except OSError as error:
        raise storage_error(error, f"the database {target}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    get_engine(settings.resolved_database_url).dispose()
    forget_damage(target)
    return kept


def rehearse(settings: Settings) -> Rehearsal:
    """Restore the newest good backup to a place of its own, look at it, and throw it away.

    Where there is no backup, one of now is tried.
    """
    source = _database_file(settings)
    backup = newest_good_backup(source)
    with tempfile.TemporaryDirectory(prefix="scicot-rehearsal-") as folder:
        copy = Path(folder) / "rehearsed.db"
        copy_database(backup or source, copy)
        refuse_unknown_schema(check_database(copy), (backup or source).name)
        upgrade_file(copy)
        engine = make_engine(f"sqlite:///{copy}")
        try:
            with Session(engine) as session:
                questions = session.scalar(select(func.count()).select_from(QuestionRow)) or 0
                rationales = session.scalar(select(func.count()).select_from(RationaleRow)) or 0
                broken = tuple(violation.what for violation in find_violations(session))
        finally:
            engine.dispose()
    made_at = datetime.fromtimestamp(os.stat(backup or source).st_mtime, UTC)
    return Rehearsal(backup, made_at, questions, rationales, broken)


def newest_backup_at(settings: Settings) -> datetime | None:
    """Return when the newest backup was written, None when none is known."""
    for path in list_backups(_database_file(settings)):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return None


def _database_file(settings: Settings) -> Path:
    path = sqlite_path(settings.resolved_database_url)
    if path is None:
        raise DatabaseUnusable(
            "backup and restore are for SQLite. For PostgreSQL use pg_dump and pg_restore."
        )
    return path
