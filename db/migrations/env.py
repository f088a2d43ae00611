"""What Alembic runs: one connection, one transaction for the whole upgrade."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

import db.models  # noqa: F401  (registers the tables)
from db.base import Base, EnumText, UtcDateTime
from db.session import get_engine
from scicot.words.errors import DatabaseUnusable
from scicot.words.settings import get_settings


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Return how a column type is written in a version file: by what the database stores."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=32)"
    return False


attributes = context.config.attributes
url = attributes.get("url") or get_settings().resolved_database_url
engine = attributes.get("engine") or get_engine(url)


def set_foreign_keys(connection: Connection, *, enforced: bool) -> None:
    """Turn SQLite's enforcement on or off: it must be off while a table is made anew."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()  # the driver's own, so that nothing begins
        cursor.execute(f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}")
        cursor.close()


def refuse_broken_references(connection: Connection) -> None:
    """Raise before the commit when a version left a row that points at nothing."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken:
            raise DatabaseUnusable(
                f"The upgrade would leave a row of '{broken[0]}' without its '{broken[2]}'; "
                "nothing was changed. Run `doctor`, or restore a backup."
            )


with engine.connect() as connection:
    connection = connection.execution_options(scicot_write=True)
    set_foreign_keys(connection, enforced=False)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,  # SQLite can, and Alembic would not believe it
        transaction_per_migration=False,
        render_item=plain_type,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
            refuse_broken_references(connection)
    finally:
        set_foreign_keys(connection, enforced=True)
