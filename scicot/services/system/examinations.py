"""What `doctor` looks at in the database: each examination by itself."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import sqlite_version, sqlite_version_info

from sqlalchemy import exists, func, select, text
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
from db.sqlite_file import damaged, forget_damage, known_damage, note_damage, sqlite_path
from scicot.adapters.clock import utc_now
from scicot.adapters.students.stages.shared_stages import is_offered
from scicot.adapters.students.stages.stage_files import has_stage
from scicot.services.runs.lost import effective_status
from scicot.services.system.findings import Finding, Level
from scicot.services.system.invariants import find_broken_rules
from scicot.words.errors import InvalidConfig, StorageError
from scicot.words.records import RunStatus
from scicot.words.settings import Settings

FIXED_SQLITE = (3, 51, 3)  # before it, a WAL reset could corrupt a database (3.7.0 to 3.51.2)


def examine_database(session: Session, settings: Settings) -> Iterator[Finding]:
    """Look at the file itself, page by page, and at every reference between rows."""
    path = sqlite_path(settings.resolved_database_url)
    if path is None:
        yield Finding("database", Level.GOOD, "PostgreSQL answers.")
        return
    problems = list(session.scalars(text("PRAGMA integrity_check")))
    if problems != ["ok"]:
        note_damage(path, problems[0])
        raise damaged(path)
    if known_damage(path) is not None:
        forget_damage(path)
    orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    if orphans:
        yield Finding(
            "database",
            Level.BAD,
            f"{len(orphans)} rows point at rows that are gone, first in '{orphans[0][0]}'.",
            "Restore the last backup; Sci-CoT deletes no row that another one points at.",
        )
    else:
        yield Finding("database", Level.GOOD, "The database is whole; every reference holds.")


def examine_sqlite(_session: Session, _settings: Settings) -> Iterator[Finding]:
    """Look whether the library has a bug that is known to cost data."""
    if sqlite_version_info < FIXED_SQLITE:
        yield Finding(
            "sqlite",
            Level.ADVICE,
            f"SQLite {sqlite_version} has a rare WAL bug that 3.51.3 mends.",
            "Keep backups, or run on a Python with a newer SQLite.",
        )


def examine_revisions(session: Session, _settings: Settings) -> Iterator[Finding]:
    """Look whether every rationale has its text."""
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


def examine_ledger(session: Session, _settings: Settings) -> Iterator[Finding]:
    """Look whether every paid call is accounted for."""
    broken = find_broken_rules(session)
    for violation in broken:
        yield Finding(
            "ledger",
            Level.BAD,
            f"{violation.what} ({violation.rows:,} rows).",
            "Restore the last backup and tell the maintainers.",
        )
    if not broken:
        calls = session.scalar(select(func.count()).select_from(AttemptRow)) or 0
        yield Finding("ledger", Level.GOOD, f"{calls:,} calls to teachers, all accounted for.")


def examine_runs(session: Session, _settings: Settings) -> Iterator[Finding]:
    """Look for runs whose worker is gone."""
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


def examine_results(session: Session, _settings: Settings) -> Iterator[Finding]:
    """Count what runs have left."""
    predictions = session.scalar(select(func.count()).select_from(PredictionRow)) or 0
    frozen = session.scalar(select(func.count()).select_from(SnapshotItemRow)) or 0
    yield Finding(
        "results", Level.GOOD, f"{predictions:,} predictions; {frozen:,} rationales in snapshots."
    )


def examine_stages(session: Session, settings: Settings) -> Iterator[Finding]:
    """Look whether every trained stage lies where its row says."""
    folders = list(session.scalars(select(StageRow.folder)))
    try:
        gone = [
            folder
            for folder in folders
            if not has_stage(settings, folder) and not is_offered(settings, folder)
        ]
    except (StorageError, InvalidConfig) as error:
        yield Finding("students", Level.BAD, str(error), "Until then no other machine's is found.")
        return
    if gone:
        yield Finding(
            "students",
            Level.BAD,
            f"{len(gone)} of {len(folders)} trained stages have no folder, first '{gone[0]}'.",
            f"Bring the folders back under {settings.artifacts_folder}.",
        )
    else:
        yield Finding("students", Level.GOOD, f"{len(folders)} trained stages are in their place.")
