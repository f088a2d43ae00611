"""What `doctor` and the health page look at: each finding with the way out."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exists, func, select, text
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.orm import Session

from db.models import (
    AttemptRow,
    PredictionRow,
    RationaleRow,
    RevisionRow,
    RunRow,
    SnapshotItemRow,
    StageRow,
)
from scicot.adapters.clock import utc_now
from scicot.adapters.versions import code_version, package_versions
from scicot.services.runs.runs import effective_status
from scicot.services.system.invariants import find_broken_rules
from scicot.words.records import RunStatus
from scicot.words.settings import Settings

LOW_DISK_BYTES = 2 * 1024**3
FIXED_SQLITE = (3, 51, 3)  # before it, a WAL reset could corrupt a database (3.7.0 to 3.51.2)


class Level(StrEnum):
    """How a finding should be taken."""

    GOOD = "good"
    ADVICE = "advice"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, and what to do about it."""

    area: str
    level: Level
    found: str
    way_out: str = ""


def examine(session: Session, settings: Settings) -> list[Finding]:
    """Return what each examination found, in a fixed order."""
    examinations: tuple[Callable[[Session, Settings], Iterator[Finding]], ...] = (
        _examine_database,
        _examine_revisions,
        _examine_ledger,
        _examine_runs,
        _examine_results,
        _examine_stages,
        _examine_disk,
        _examine_teacher,
        _examine_versions,
    )
    return [found for look in examinations for found in look(session, settings)]


def _examine_database(session: Session, settings: Settings) -> Iterator[Finding]:
    if session.get_bind().dialect.name != "sqlite":
        yield Finding("database", Level.GOOD, "PostgreSQL answers.")
        return
    try:
        problems = list(session.scalars(text("PRAGMA integrity_check")))
        orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    except DriverError as error:
        problems, orphans = [str(error.orig)], []
    if problems != ["ok"]:
        yield Finding(
            "database",
            Level.BAD,
            f"The file is damaged: {problems[0]}.",
            f"Stop the app and restore a backup over {settings.resolved_database_url}.",
        )
    elif orphans:
        yield Finding(
            "database",
            Level.BAD,
            f"{len(orphans)} rows point at rows that are gone, first in '{orphans[0][0]}'.",
            "Restore the last backup; nothing in Sci-CoT deletes rows.",
        )
    else:
        yield Finding("database", Level.GOOD, "The database is whole; every reference holds.")
    if sqlite3.sqlite_version_info < FIXED_SQLITE:
        yield Finding(
            "sqlite",
            Level.ADVICE,
            f"SQLite {sqlite3.sqlite_version} has a rare WAL bug that 3.51.3 mends.",
            "Keep backups, or run on a Python with a newer SQLite.",
        )


def _examine_revisions(session: Session, _settings: Settings) -> Iterator[Finding]:
    current = exists().where(
        RevisionRow.id == RationaleRow.revision_id, RevisionRow.rationale_id == RationaleRow.id
    )
    broken = session.scalar(select(func.count()).select_from(RationaleRow).where(~current)) or 0
    total = session.scalar(select(func.count()).select_from(RationaleRow)) or 0
    if broken:
        yield Finding(
            "rationales",
            Level.BAD,
            f"{broken} of {total} rationales have no current revision.",
            "Restore the last backup and tell the maintainers.",
        )
    else:
        yield Finding("rationales", Level.GOOD, f"{total:,} rationales, each with its revision.")


def _examine_ledger(session: Session, _settings: Settings) -> Iterator[Finding]:
    broken = find_broken_rules(session)
    for one in broken:
        yield Finding(
            "ledger",
            Level.BAD,
            f"{one.what} ({one.rows:,} rows).",
            "Restore the last backup and tell the maintainers.",
        )
    if not broken:
        calls = session.scalar(select(func.count()).select_from(AttemptRow)) or 0
        yield Finding("ledger", Level.GOOD, f"{calls:,} calls to teachers, all accounted for.")


def _examine_runs(session: Session, _settings: Settings) -> Iterator[Finding]:
    now = utc_now()
    rows = session.scalars(select(RunRow).where(RunRow.finished_at.is_(None)))
    lost = [row.id for row in rows if effective_status(row, now) is RunStatus.LOST]
    if lost:
        names = ", ".join(map(str, lost))
        yield Finding(
            "runs",
            Level.ADVICE,
            f"The workers of run {names} are gone.",
            f"Resume on the Runs page, or: python -m scicot runs resume {lost[0]}",
        )
    else:
        yield Finding("runs", Level.GOOD, "No run is lost.")


def _examine_results(session: Session, _settings: Settings) -> Iterator[Finding]:
    predictions = session.scalar(select(func.count()).select_from(PredictionRow)) or 0
    frozen = session.scalar(select(func.count()).select_from(SnapshotItemRow)) or 0
    yield Finding(
        "results", Level.GOOD, f"{predictions:,} predictions; {frozen:,} rationales in snapshots."
    )


def _examine_stages(session: Session, settings: Settings) -> Iterator[Finding]:
    folders = list(session.scalars(select(StageRow.folder)))
    gone = [one for one in folders if not (settings.artifacts_folder / one).is_dir()]
    if gone:
        yield Finding(
            "students",
            Level.BAD,
            f"{len(gone)} of {len(folders)} trained stages have no folder, first '{gone[0]}'.",
            f"Bring the folders back under {settings.artifacts_folder}.",
        )
    else:
        yield Finding("students", Level.GOOD, f"{len(folders)} trained stages are in their place.")


def _examine_disk(_session: Session, settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.home_folder).free
    size = f"{free / 1024**3:.1f} GiB free at {settings.home_folder}."
    if free < LOW_DISK_BYTES:
        yield Finding("disk", Level.BAD, size, "Make room: a run keeps about 1 GiB of checkpoints.")
    else:
        yield Finding("disk", Level.GOOD, size)


def _examine_teacher(_session: Session, settings: Settings) -> Iterator[Finding]:
    if settings.openai_api_key:
        yield Finding("teacher", Level.GOOD, "OPENAI_API_KEY is set.")
    else:
        yield Finding(
            "teacher",
            Level.ADVICE,
            "OPENAI_API_KEY is not set, so gpt-3.5-turbo cannot be asked.",
            "Set it in the environment or in a .env file; the starter teacher needs no key.",
        )


def _examine_versions(_session: Session, _settings: Settings) -> Iterator[Finding]:
    packages = ", ".join(f"{name} {version}" for name, version in package_versions().items())
    yield Finding("versions", Level.GOOD, f"Sci-CoT {code_version()}; {packages}.")
