"""How long a text may be: SQLite takes any length, and both databases are to refuse alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.sql.compiler import SQLCompiler

from scicot.words.errors import InvalidInput


def refuse_long_texts(
    _connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """Raise InvalidInput before a text is stored that is longer than its column says."""
    if context is None or not (context.isinsert or context.isupdate):
        return
    compiled: SQLCompiler | None = context.compiled
    bounds = _bounds(compiled) if compiled else []
    for row in context.compiled_parameters if bounds else ():
        for name, most in bounds:
            value = row.get(name)
            if isinstance(value, str) and len(value) > most:
                raise InvalidInput(
                    f"{_say(context, name)} has {len(value):,} characters, and {most} are the "
                    "most. Shorten it, then try again."
                )


def _bounds(compiled: SQLCompiler) -> list[tuple[str, int]]:
    return [
        (name, bind.type.length)
        for bind, name in compiled.bind_names.items()
        if isinstance(bind.type, String) and bind.type.length
    ]


def _say(context: ExecutionContext, name: str) -> str:
    table = getattr(context.compiled.statement, "table", None) if context.compiled else None
    if table is None or name not in table.c:
        return "A name"
    return f"The {name.replace('_', ' ')} of a {table.name.replace('_', ' ')}"
