"""Back the database up while it is in use, keep the last few, and put a backup in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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
from scicot.adapters.backup_files import (
    choose_target,
    draft_beside,
    is_there,
    make_private_folder,
    newest_written_at,
    refuse_missing,
    rehearsal_file,
    remove_older,
    size_of,
    written_at,
)
from scicot.adapters.clock import utc_now
from scicot.services.runs.runs import list_active
from scicot.services.system.invariants import find_violations
from scicot.words.errors import Conflict, DatabaseUnusable, InvalidInput
from scicot.words.settings import Settings
from scicot.words.storage import expand, storage_error

A_DAY = timedelta(days=1)


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
    own_folder = backups_folder(source)
    target, series = choose_target(
        source, path or own_folder, keep, own_folder=own_folder, now=utc_now()
    )
    if not is_there(source):
        raise InvalidInput(f"There is no database at {source} yet, so nothing to back up.")
    try:
        copy_database(source, target)
    except DatabaseUnusable as error:
        note_damage(source, str(error))
        raise damaged(source) from error
    except OSError as error:
        raise storage_error(error, f"the backup {target}") from error
    note_backup(source, target)
    removed = remove_older(target, series, keep) if keep else ()
    return Backup(target, size_of(target), removed)


def back_up_daily(settings: Settings) -> Backup | None:
    """Write today's backup if the newest is a day old; None when there is nothing to do."""
    if not settings.daily_backups:
        return None
    now = utc_now()
    newest = newest_written_at(backups_folder(_database_file(settings)), until=now)
    if newest is not None and now - newest < A_DAY:
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
    path = expand(path)
    refuse_missing(path)
    refuse_unknown_schema(check_database(path), path.name)
    make_private_folder(target.parent)
    try:
        with draft_beside(target) as draft:
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
    get_engine(settings.resolved_database_url).dispose()
    forget_damage(target)
    return kept


def rehearse(settings: Settings) -> Rehearsal:
    """Restore the newest good backup to a place of its own, look at it, and throw it away.

    Where there is no backup, one of now is tried.
    """
    source = _database_file(settings)
    backup = newest_good_backup(source)
    with rehearsal_file() as copy:
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
    return Rehearsal(backup, written_at(backup or source), questions, rationales, broken)


def newest_backup_at(settings: Settings) -> datetime | None:
    """Return when the newest backup was written, None when none is known."""
    for path in list_backups(_database_file(settings)):
        return written_at(path)
    return None


def _database_file(settings: Settings) -> Path:
    path = sqlite_path(settings.resolved_database_url)
    if path is None:
        raise DatabaseUnusable(
            "backup and restore are for SQLite. For PostgreSQL use pg_dump and pg_restore."
        )
    return path
