"""What Alembic runs: one connection, one transaction for the whole upgrade."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import db.models  # noqa: F401  (registers the tables)
from db.base import Base, EnumText, UtcDateTime
from db.session import get_engine
from scicot.words.settings import get_settings


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Return how a column type is written in a version file: by what the database stores."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=32)"
    return False


url = context.config.attributes.get("url") or get_settings().resolved_database_url

with get_engine(url).connect() as connection:
    connection = connection.execution_options(scicot_write=True)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()
