"""A database with a row in every table, and a text of others put into each of its fields."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    String,
    Table,
    Text,
    create_engine,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

import db.models  # noqa: F401  (registers the tables)
from db.base import Base, EnumText
from db.migrate import migrate
from db.session import get_engine, open_session, write
from scicot.words.records import Role, RunStatus
from tests.db.test_first_schema import SCRIPT

Poison = Callable[[str], str]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
# texts that name something of ours: another text there is another thing, not a foreign text
OURS = {"kind", "method", "folder", "launcher", "worker", "token", "check_id", "status", "action"}
OURS |= {"label", "option_label", "answer_key", "role", "before", "after", "alone", "stage"}
OURS |= {"hash", "content_hash", "config_hash", "prompt_hash", "parameters_hash", "code_version"}
OURS |= {"operation_id", "undo_operation_id", "batch_id", "finish_reason", "language"}
# where a JSON field holds what people typed, by the key it stands under
TYPED = {"dataset", "snapshot", "student", "teacher", "text", "name", "file", "note", "model"}
TYPED |= {"prompt_note", "description", "title", "sources", "packages", "torch", "votes"}
TYPED |= {"asks", "quote"}
# what a generic value would make no row of
SET = {
    ("preference", "value"): "starter",
    ("experiment", "config"): {"name": "grid", "dataset": "starter"},
    ("layout", "columns"): {"question": "stem"},
    ("rubric", "criteria"): [{"name": "clear", "asks": "Is it clear?"}],
    ("audit", "sample"): [1],
    ("audit", "revision_ids"): [1],
    ("audit", "findings"): {},
    ("judgement", "findings"): [
        {"criterion": "clear", "passes": False, "quote": "a text", "start": 0, "end": 6}
    ],
    ("cleaning_rule", "pattern"): "first",
    ("person", "email"): "vera@example.org",
}


def make_full(path: Path) -> None:
    """Make a database at the newest schema in which every table holds something."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(SCRIPT.read_text(encoding="utf-8"))
    connection.close()
    migrate(f"sqlite:///{path}")
    with open_session(f"sqlite:///{path}") as session, write(session):
        for table in Base.metadata.sorted_tables:
            if not session.scalar(select(func.count()).select_from(table)):
                session.execute(insert(table).values(_row(session, table)))
    get_engine(f"sqlite:///{path}").dispose()


def _row(session: Session, table: Table) -> dict[str, Any]:
    return {
        column.name: SET.get((table.name, column.name), _value(session, column))
        for column in table.columns
        if not _is_counted(column)
    }


def _is_counted(column: Column[Any]) -> bool:
    """Return whether the database gives the column its value: a number of its own."""
    alone = len(column.table.primary_key.columns) == 1
    return (
        alone
        and column.primary_key
        and isinstance(column.type, Integer)
        and not column.foreign_keys
    )


def _value(session: Session, column: Column[Any]) -> Any:
    kind = column.type
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return session.scalar(select(func.max(key.column)))
    if isinstance(kind, EnumText):
        return next(member for member in kind.members.__members__.values())
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer | Float):
        return 1
    if isinstance(kind, String):
        return "a text"
    return None if column.nullable else NOW


def poison(path: Path, into: Poison) -> int:
    """Put a text into every field that people, teachers or files fill; return how many fields.

    Equal texts stay equal, so that what is found by its name still is.
    """
    engine = create_engine(f"sqlite:///{path}")  # bare: an older database may hold longer texts
    fields = 0
    with Session(engine) as session, session.begin():
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if _is_filled_by_others(table, column)]
            keys = list(table.primary_key.columns)
            for row in session.execute(select(*keys, *columns)).mappings().all() if columns else ():
                values = {column.name: _changed(row[column], into) for column in columns}
                fields += sum(value is not None for value in values.values())
                where = [key == row[key] for key in keys]
                session.execute(update(table).where(*where).values(values))
        deed = {"at": NOW, "actor": into("Ada"), "role": Role.ADMIN, "action": into("import")}
        session.execute(insert(Base.metadata.tables["deed"]).values(**deed, what=into("name")))
        run = Base.metadata.tables["run"]
        broken = select(func.max(run.c.id)).scalar_subquery()
        session.execute(
            update(run)
            .where(run.c.id == broken)
            .values(error=into("an error"), message=into("a message"), status=RunStatus.FAILED)
        )
    engine.dispose()
    return fields


def _is_filled_by_others(table: Table, column: Column[Any]) -> bool:
    kind = column.type
    if column.name in OURS or column.primary_key or column.foreign_keys or table.name == "deed":
        return False
    if table.name in ("metric", "run_part", "preference"):
        return column.name == "value"
    return isinstance(kind, Text | String | JSON) and not isinstance(kind, EnumText | DateTime)


def _changed(value: Any, into: Poison, key: str = "") -> Any:
    """Return a column's value with the text in it; in JSON only under keys that people fill."""
    if isinstance(value, str) and (not key or key in TYPED):
        return into(value)
    if isinstance(value, dict):
        return {name: _changed(child, into, str(name)) for name, child in value.items()}
    if isinstance(value, list):
        return [_changed(child, into, key or "-") for child in value]
    return value
