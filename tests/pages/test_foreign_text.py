"""Every page of a filled database, with a payload in every text that others write."""

from __future__ import annotations

import ast
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


# what others write, by the names that records give it; and calls whose words are Markdown, of which
# the second group shows what it is given as a value as it is
FOREIGN = {
    *("message", "error", "name", "label", "note", "reason", "text", "stem", "source", "author"),
    *("actor", "reviewer", "email", "external_id", "pattern", "replacement", "model", "dataset"),
    *("snapshot", "quote", "asks", "ticket", "submission", "rationale", "given_by", "what"),
}
SHOWN = {
    *("markdown", "caption", "success", "info", "warning", "error", "write", "toast", "subheader"),
    *("title", "header", "badge", "metric", "expander", "popover", "page_link", "button", "tabs"),
    *("checkbox", "toggle", "radio", "pills", "segmented_control", "link_button", "status"),
    *("spinner", "progress", "download_button"),
}
BOXES = {"text_input", "text_area", "number_input", "selectbox", "multiselect", "file_uploader"}


def unescaped(shown: ast.AST) -> Iterator[str]:
    """Yield what of others' words an expression takes as they are."""
    if isinstance(shown, ast.Call) and ast.unparse(shown.func) in ("escape_markdown", "len"):
        return
    if isinstance(shown, ast.Attribute) and shown.attr in FOREIGN:
        yield ast.unparse(shown)
    for inner in ast.iter_child_nodes(shown):
        yield from unescaped(inner)


def live_arguments(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        called = node.func.attr
        if called not in SHOWN | BOXES:
            continue
        said = node.args[:1] if called in BOXES else list(node.args)
        said += [word.value for word in node.keywords if word.arg in ("label", "body", "help")]
        for argument in said:
            yield from (f"{path.name}, line {node.lineno}: {text}" for text in unescaped(argument))


def test_no_page_hands_the_words_of_others_to_markdown_as_they_are() -> None:
    # also where a page shows them only after a press, which the pages above are not drawn with
    pages = sorted((APP.parent / "pages").rglob("*.py"))
    assert [found for path in pages for found in live_arguments(path)] == []
