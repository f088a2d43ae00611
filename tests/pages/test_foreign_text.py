"""Every page of a filled database, with a payload in every text that others write."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scicot.words.settings import Settings
from tests.pages.driver import APP, open_page
from tests.soak.full_database import make_full, poison

PAYLOAD = "![x](http://evil.example/p.png) [y](http://evil.example/l) <img src=http://evil.example>"
# a mark that Markdown would take for an image, a link or a tag: not behind a backslash
LIVE = re.compile(r"(?<!\\)(?:!\[|\]\(|<img)|(?<!\\)https?(?<!\\)://evil")
PLAIN = {
    *("text", "code", "json", "arrow_data_frame", "arrow_table", "bidi_component"),
    "vega_lite_chart",
}
TYPED = {
    "id",
    "value",
    "raw_value",
    "default",
    "raw_values",
    "placeholder",
}
OPTIONS = ("options", "formatted_options")
WITH_PLAIN_OPTIONS = ("selectbox", "multiselect")  # a radio's and a pill's are Markdown
PAGES = sorted(
    path.parent.relative_to(APP.parent / "pages").as_posix()
    for path in (APP.parent / "pages").glob("*/*/page.py")
)


# beside each page as it opens: what it shows of one run, or of two
VIEWS: tuple[tuple[str, dict[str, str]], ...] = (
    *((name, {}) for name in PAGES),
    *(("train/runs", {"run": str(number)}) for number in (1, 2, 3)),
    ("evaluate/compare", {"a": "2", "b": "3"}),
    ("evaluate/inspect", {"run": "3"}),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a row in every table; each text that others write carries the payload."""
    path = tmp_path_factory.mktemp("full") / "full.db"
    make_full(path)
    poison(path, lambda text: f"{text} {PAYLOAD}")
    return path


@pytest.fixture
def poisoned(template: Path, settings: Settings) -> None:
    settings.home_folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, settings.home_folder / "scicot.db")


def live_texts(message: Any, path: str = "") -> Iterator[str]:
    """Yield what a message to the browser would show as Markdown with a live payload in it."""
    for field, value in message.ListFields():
        where = f"{path}.{field.name}"
        if field.name in PLAIN or field.name in TYPED:
            continue
        if field.name in OPTIONS and path.startswith(WITH_PLAIN_OPTIONS):
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


@pytest.mark.parametrize(("name", "query"), VIEWS)
def test_no_page_shows_foreign_text_as_markdown(
    poisoned: None, name: str, query: dict[str, str]
) -> None:
    app = open_page(name, **query)
    assert not app.exception
    assert not [error for error in app.error if "Something unexpected" in error.value]
    found: list[str] = []
    for tree in (app.main, app.sidebar):
        for element in tree:
            proto = getattr(element, "proto", None)
            if proto is not None and element.type not in PLAIN:
                found += live_texts(proto, element.type)
    assert found == []
