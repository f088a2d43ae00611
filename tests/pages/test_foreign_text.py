"""Every page of a filled database, with a payload in every text that others write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, Text, update
from sqlalchemy.orm import Session

from db.base import Base, EnumText
from db.session import get_engine, write
from scicot.services.evaluation.tags import add_tag
from scicot.services.runs.runs import create_run
from scicot.words.records import Actor, RunKind, RunStatus, Split
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale
from tests.pages.driver import APP, open_page

PAYLOAD = "![x](http://evil.example/p.png) [y](http://evil.example/l) <img src=http://evil.example>"
# a mark that Markdown would take for an image, a link or a tag: not behind a backslash
LIVE = re.compile(r"(?<!\\)(?:!\[|\]\(|<img)|(?<!\\)https?(?<!\\)://evil")
PLAIN = {"text", "code", "json", "arrow_data_frame", "arrow_table", "bidi_component"}
TYPED = {
    "id",
    "value",
    "raw_value",
    "default",
    "options",
    "raw_values",
    "placeholder",
    "formatted_options",
}
KEPT = {"hash", "operation_id", "method", "kind", "folder", "launcher", "worker", "host"}
PAGES = sorted(
    path.parent.relative_to(APP.parent / "pages").as_posix()
    for path in (APP.parent / "pages").glob("*/*/page.py")
)


@pytest.fixture
def poisoned(session: Session, settings: Settings, tmp_path: Path) -> None:
    """A database with questions, rationales and runs; each of its texts carries the payload."""
    questions = store_questions(session, tmp_path / "data")[Split.TRAIN]
    for question in questions[:3]:
        store_rationale(session, question)
    add_tag(session, Actor("Ada"), "a tag")
    for kind in (RunKind.GENERATE, RunKind.PREDICT):
        create_run(session, Actor("Ada"), kind=kind, name="a run", config={})
    with write(session):
        for table in Base.metadata.sorted_tables:
            values = {
                column.name: (column + f" {PAYLOAD}") for column in table.columns if is_text(column)
            }
            if values and table.name != "deed":
                session.execute(update(table).values(values))
        run = Base.metadata.tables["run"]
        session.execute(update(run).values(error=PAYLOAD, message=PAYLOAD, status=RunStatus.FAILED))
    session.close()
    get_engine(settings.resolved_database_url).dispose()


def is_text(column: Any) -> bool:
    kind = column.type
    long = isinstance(kind, Text) or (isinstance(kind, String) and (kind.length or 0) >= 100)
    return (
        long
        and not isinstance(kind, EnumText)
        and not column.primary_key
        and not column.foreign_keys
        and not any(word in column.name for word in KEPT)
    )


def live_texts(message: Any, path: str = "") -> Iterator[str]:
    """Yield what a message to the browser would show as Markdown with a live payload in it."""
    for field, value in message.ListFields():
        where = f"{path}.{field.name}"
        if field.name in PLAIN or field.name in TYPED:
            continue
        if isinstance(value, str):
            if "evil.example" in value and LIVE.search(value):
                yield f"{where}: {value[:150]}"
        elif hasattr(value, "ListFields"):
            yield from live_texts(value, where)
        elif field.is_repeated:
            for item in value:
                if hasattr(item, "ListFields"):
                    yield from live_texts(item, where)
                elif isinstance(item, str) and "evil.example" in item and LIVE.search(item):
                    yield f"{where}: {item[:150]}"


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_foreign_text_as_markdown(poisoned: None, name: str) -> None:
    app = open_page(name)
    assert not app.exception
    found: list[str] = []
    for tree in (app.main, app.sidebar):
        for element in tree:
            proto = getattr(element, "proto", None)
            if proto is not None and element.type not in PLAIN:
                found += live_texts(proto, element.type)
    assert found == []
