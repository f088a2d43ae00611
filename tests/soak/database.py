"""Kills of an import, a migration, a restore, a backup and an export, each counted afterwards.

`python -m tests.soak kills --kills 100` gives the full figures as JSON with the seed; with
`--database postgresql` those of an import, a migration of an empty database and an export there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import MetaData, NullPool, create_engine, func, select

from db.migrate import migrate
from db.models import DatasetRow, QuestionRow
from db.session import get_engine, open_session
from scicot.bench.review_data import make_rationales
from scicot.services.questions.imports import import_questions
from scicot.services.review.exports import export_rationales
from scicot.services.system.backups import back_up, restore
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor, RationaleStatus, Split
from scicot.words.settings import get_settings
from tests.builders import arc_row
from tests.db.test_first_schema import SCRIPT
from tests.soak.figures import report
from tests.soak.homes import NOTE, database_of, server_of
from tests.soak.kills import Victim, kill_often
from tests.soak.taking_in import look_at_result, take_result_in, with_a_result

ADA = Actor("Ada")
ROWS = 400
BACKUP = "kept/backup.db"
EXPORT = "rationales.jsonl"


def write_rows(path: Path, prefix: str, rows: int = ROWS) -> Path:
    path.write_text("".join(f"{json.dumps(arc_row(n, prefix=prefix))}\n" for n in range(rows)))
    return path


def take_in(path: Path, dataset: str) -> None:
    with open_workspace() as session:
        import_questions(session, ADA, str(path), dataset=dataset, split=Split.TRAIN)


def count_by_dataset(home: Path) -> dict[str, int]:
    """Return how many questions each dataset holds; opening it finishes a cut-off restore."""
    url = database_of(home)
    query = select(DatasetRow.name, func.count(QuestionRow.id)).outerjoin(QuestionRow)
    with open_session(url) as session:
        found = dict(session.execute(query.group_by(DatasetRow.name)).all())
    get_engine(url).dispose()
    return found


def _empty(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    with open_workspace():
        pass
    write_rows(home / "rows.jsonl", "Q")


def _import(home: Path) -> None:
    take_in(home / "rows.jsonl", "demo")


def _two_states(home: Path) -> None:
    _empty(home)
    _import(home)
    (home / BACKUP).parent.mkdir()
    back_up(get_settings(), home / BACKUP)
    take_in(write_rows(home / "more.jsonl", "M"), "later")


def _restore(home: Path) -> None:
    restore(get_settings(), home / BACKUP)


def _back_up(home: Path) -> None:
    back_up(get_settings(), home / "again.db", keep=1)


def look_at_backup(home: Path) -> object:
    """Return what stands under the backup's name: nothing, or a whole database of so many rows."""
    path = home / "again.db"
    if not path.exists():
        return None
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
    rows = connection.execute("SELECT count(*) FROM question").fetchone()[0]
    connection.close()
    return whole, rows


def _first_schema(home: Path) -> None:
    """An old file with rows; on a server, where no old one is kept, a database without tables."""
    home.mkdir(parents=True, exist_ok=True)
    if (home / NOTE).exists():
        return
    connection = sqlite3.connect(home / "scicot.db")
    connection.executescript(SCRIPT.read_text(encoding="utf-8"))
    connection.close()


def _migrate(home: Path) -> None:
    migrate(database_of(home))


def look_at_every_row(home: Path) -> str:
    """Return the digest of every table's rows and of the schema, whichever version it is."""
    if (home / NOTE).exists():
        return look_at_every_table(database_of(home))
    connection = sqlite3.connect(home / "scicot.db")
    digest = hashlib.sha256()
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    tables = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    for name, sql in tables:
        # constraints come in any order when a table is made anew
        lines = sorted(line.strip(" \t,") for line in (sql or "").splitlines())
        digest.update("\n".join([name, *lines]).encode())
        if sql and sql.startswith("CREATE TABLE"):
            for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):
                digest.update(repr(row).encode())
    connection.close()
    return digest.hexdigest()


def look_at_every_table(url: str) -> str:
    """Return the digest of every table's columns and rows on a server."""
    engine, digest = create_engine(url, poolclass=NullPool), hashlib.sha256()
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            columns = sorted(f"{column.name} {column.type!r}" for column in table.columns)
            rows = sorted(repr(row) for row in connection.execute(select(table)))
            digest.update("\n".join([table.name, *columns, *rows]).encode())
    return digest.hexdigest()


def _with_rationales(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    with open_workspace() as session:
        make_rationales(session, ROWS)
    shutil.copy(__file__, home / EXPORT)  # what lay there before


def _export(home: Path) -> None:
    with open_workspace() as session:
        export_rationales(session, ADA, home / EXPORT, include=list(RationaleStatus))


def look_at_export(home: Path) -> str:
    return hashlib.sha256((home / EXPORT).read_bytes()).hexdigest()


VICTIMS = {
    victim.command: victim
    for victim in (
        Victim("import", _empty, _import, count_by_dataset, database_of),
        Victim("migration", _first_schema, _migrate, look_at_every_row),
        Victim("restore", _two_states, _restore, count_by_dataset, database_of, of_files=True),
        Victim("backup", _two_states, _back_up, look_at_backup, database_of, of_files=True),
        Victim("export", _with_rationales, _export, look_at_export, database_of),
        Victim("take-in", with_a_result, take_result_in, look_at_result, database_of),
    )
}


def main() -> None:
    with report("kills", __doc__, kills=100) as asked, server_of(asked.database) as server:
        for victim in VICTIMS.values():
            if victim.of_files and server:
                continue
            with tempfile.TemporaryDirectory() as folder:
                kill_often(victim, Path(folder), kills=asked.kills, seed=asked.seed, server=server)
