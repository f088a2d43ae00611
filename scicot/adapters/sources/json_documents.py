"""JSON that is no JSONL: an array of rows, pretty-printed objects, rows keyed by id or column.

Values are decoded one after the other from a window over the file, so that an array of 100,000
rows costs no more memory than one row.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from scicot.adapters.sources.files import open_regular
from scicot.adapters.sources.jsonl import (
    MAX_ROW_CHARACTERS,
    parse_value,
    strict_hooks,
    wide_encoding,
)
from scicot.pure.questions.columns import find_columns, is_known
from scicot.pure.questions.drafts import SPLITS
from scicot.words.errors import InvalidInput

WINDOW = 1 << 16
MAX_DOCUMENT = 64 * 2**20  # characters of a keyed document, which is decoded as a whole
HOLDERS = ("data", "questions", "rows", "items", "examples", "records")


def is_document(path: Path) -> bool:
    """Return whether a JSON file is one document and not an object a line."""
    with _open_text(path) as text:
        try:
            start = text.read(WINDOW).lstrip("\ufeff \t\r\n")
        except UnicodeError:
            return False  # the lines' reader says which row it is
    if start.startswith("["):
        return True
    lines = [line.strip() for line in start.split("\n") if line.strip()]
    first = lines[0] if lines else ""
    if len(lines) == 1:
        return not first.endswith("}") or _holds_rows(first)
    # an object a line: each line closes what it opens, and the next opens again
    return not (first.endswith("}") or (lines[1].startswith("{") and len(first) > 1))


def _holds_rows(line: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False  # the row's own error says more
    return isinstance(value, dict) and next(_keyed_rows(value), None) is not None


def read_document(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (row from 1, value) of an array, of objects one after the other, or of a keyed one.

    Raises InvalidInput with the row for what is no JSON.
    """
    with _open_text(path) as text:
        window = _Window(text, path.name)
        window.skip("\ufeff")
        if window.peek() == "[":
            yield from enumerate(window.elements(), start=1)
            return
        yield from enumerate(_rows_of(window.values()), start=1)


def _rows_of(values: Iterator[Any]) -> Iterator[Any]:
    first, second = next(values, None), next(values, None)
    if second is None and isinstance(first, dict):
        rows = _keyed_rows(first)
        row = next(rows, None)
        yield first if row is None else row
        yield from rows
        return
    yield first
    yield second
    yield from values


def _keyed_rows(document: dict[str, Any]) -> Iterator[Any]:
    """Yield the rows inside a keyed document; nothing where it is a row itself."""
    lists = {
        name: held
        for name, held in document.items()
        if isinstance(held, list)
        and held
        and all(isinstance(row, dict) for row in held)
        and not any({"role", "from"} & set(row) for row in held)  # a chat is one row
    }
    splits = [name for name in lists if name.strip().lower() in SPLITS]
    if splits:  # a list for each split, which every row then states
        yield from ({"split": name, **row} for name in splits for row in lists[name])
        return
    alone = [name for name in lists if len(lists) == 1 and not any(map(is_known, document))]
    log = ["samples"] if "eval" in document else []  # of inspect
    has_passage = "passage" in find_columns(list(document))
    for name in (*HOLDERS, *log, *alone):
        if name == "questions" and has_passage:
            return  # a passage with its questions is one row
        if name in lists:
            rows = lists[name]
            yield from (row["row"] if set(row) >= {"row_idx", "row"} else row for row in rows)
            return
    values = list(document.values())
    if _are_texts_by_id(document):
        yield from ({"id": key, "text": value} for key, value in document.items())
        return
    objects = sum(isinstance(value, dict) for value in values)
    if 0 < objects < len(values):
        return  # a row: columns are all lists, or all objects
    columns = [list(value.values()) if isinstance(value, dict) else value for value in values]
    if all(isinstance(column, list) for column in columns) and len(columns) > 1:
        lengths = {len(column) for column in columns}
        nested = all(isinstance(value, dict) for value in values)
        same = nested and len({tuple(value) for value in values}) == 1
        by_number = same and all(key.isdigit() for key in values[0])
        if len(lengths) == 1 and (by_number or not nested) and lengths != {0}:
            yield from (
                dict(zip(document, cells, strict=True)) for cells in zip(*columns, strict=True)
            )
            return
    if values and all(isinstance(value, dict) for value in values):
        if "stem" in values[0] and "question" in document:
            return  # a single row in ARC's layout
        yield from ({"id": key, **value} for key, value in document.items())


def _are_texts_by_id(document: dict[str, Any]) -> bool:
    """Return whether a document holds a text, or several, for each id: its keys are no columns."""
    texts = [
        text
        for value in document.values()
        for text in (value if isinstance(value, list) else [value])
    ]
    return (
        bool(texts)
        and all(isinstance(text, str) for text in texts)
        and all(any(sign.isdigit() for sign in key) and not is_known(key) for key in document)
    )


class _Window:
    """The next characters of a file, refilled as values are taken off its front."""

    def __init__(self, text: io.TextIOBase, name: str) -> None:
        self.text, self.name = text, name
        self.held, self.place, self.row, self.ended = "", 0, 1, False
        self.decoder = json.JSONDecoder(**strict_hooks(self._refuse))

    def _refuse(self, what: str) -> NoReturn:
        raise InvalidInput(f"{self.name}, row {self.row}: {what}. Correct the row.")

    def _more(self) -> None:
        size = max(WINDOW, len(self.held) - self.place)  # doubling keeps the re-reading linear
        try:
            chunk = self.text.read(size)
        except UnicodeError:
            self._refuse("not UTF-8. Save the file as UTF-8")
        self.ended = len(chunk) < size
        self.held, self.place = self.held[self.place :] + chunk, 0

    def peek(self) -> str:
        """Return the next character that is no white space; empty at the end of the file."""
        while True:
            while self.place < len(self.held):
                if not self.held[self.place].isspace():
                    return self.held[self.place]
                self.place += 1
            if self.ended:
                return ""
            self._more()

    def skip(self, sign: str) -> None:
        """Go past a sign at the beginning, however often it stands there."""
        while self.peek() == sign:
            self.place += 1

    def value(self, limit: int) -> Any:
        """Take the next value off; raises InvalidInput by row."""
        self.peek()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.held, self.place)
                if end < len(self.held) or self.ended:
                    parsed = self.held[self.place : end]
                    self.place = end
                    if limit == MAX_ROW_CHARACTERS:
                        return parse_value(parsed, f"{self.name}, row {self.row}")
                    return value
            except json.JSONDecodeError as error:
                if self.ended:
                    self._refuse(f"not JSON ({error.msg})")
            except RecursionError:
                self._refuse("nested too deeply")
            if len(self.held) - self.place > limit:
                self._refuse(f"more than the {limit:,} characters allowed")
            self._more()

    def elements(self) -> Iterator[Any]:
        """Yield the elements of the array that begins here."""
        self.place += 1
        while (sign := self.peek()) != "]":
            if not sign:
                self._refuse("the array is never closed; the file may be cut")
            yield self.value(MAX_ROW_CHARACTERS)
            if self.peek() == ",":
                self.place += 1
            elif self.peek() != "]":
                self._refuse("no comma after the element before")
            self.row += 1
        self.place += 1
        if self.peek():
            self._refuse("something follows the closed array")

    def values(self) -> Iterator[Any]:
        """Yield the values that stand one after the other."""
        while self.peek():
            yield self.value(MAX_DOCUMENT)
            self.row += 1
            if self.peek() == ",":
                self.place += 1


def _open_text(path: Path) -> io.TextIOWrapper:
    file = open_regular(path)
    start = file.read(4)
    file.seek(0)
    return io.TextIOWrapper(file, encoding=wide_encoding(start) or "utf-8-sig", newline="")
