"""JSONL read strictly and by line: what a lenient parser lets through ends here, with its row."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from scicot.adapters.sources.files import open_regular
from scicot.pure.questions.values import kind_of
from scicot.words.errors import InvalidInput

MAX_ROW_CHARACTERS = 1_000_000
MAX_DEPTH = 50
MAX_DIGITS = 40


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (row from 1, line) of a UTF-8 file, with or without BOM, or UTF-16 or 32 with BOM.

    Lines end at a line feed alone: a text may hold U+2028 and be one row all the same. Raises
    InvalidInput for another encoding, with the row, and for a line too long to be one.
    """
    with open_regular(path) as file:
        start = file.read(4)
        file.seek(0)
        encoding = wide_encoding(start)
        if encoding:
            yield from _wide_lines(file, path, encoding)
            return
        if start.startswith(b"\xef\xbb\xbf"):
            file.seek(3)
        if _ends_lines_by_return(file):
            yield from _wide_lines(file, path, "utf-8", "\r")
            return
        offset, number = file.tell(), 0
        while content := file.readline(4 * MAX_ROW_CHARACTERS + 1):
            number += 1
            try:
                line = content.decode()
            except UnicodeDecodeError as error:
                raise InvalidInput(
                    f"{path.name}, row {number}: byte {offset + error.start} is not UTF-8. "
                    "Save the file as UTF-8."
                ) from error
            if len(line) > MAX_ROW_CHARACTERS:
                raise _too_long(path, number)
            yield number, line
            offset += len(content)


def wide_encoding(start: bytes) -> str | None:
    """Return the encoding that a byte order mark names, when it is UTF-16 or UTF-32.

    UTF-16 without a mark is known by the noughts beside its first two plain letters.
    """
    if start.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    is_nought = [byte == 0 for byte in start[:4]]
    if is_nought == [False, True, False, True]:
        return "utf-16-le"
    return "utf-16-be" if is_nought == [True, False, True, False] else None


def _ends_lines_by_return(file: Any) -> bool:
    """Return whether lines end as on the first Macs; the file stands where it stood."""
    place = file.tell()
    start = file.read(1 << 16)
    file.seek(place)
    return b"\r" in start and b"\n" not in start and start.rstrip().endswith((b"}", b"]"))


def _wide_lines(file: Any, path: Path, encoding: str, end: str = "\n") -> Iterator[tuple[int, str]]:
    number = 0
    text = io.TextIOWrapper(file, encoding=encoding, newline=end)
    try:
        while line := text.readline(MAX_ROW_CHARACTERS + 1):
            number += 1
            if len(line) > MAX_ROW_CHARACTERS:
                raise _too_long(path, number)
            yield number, line
    except UnicodeError as error:
        raise InvalidInput(
            f"{path.name}, row {number + 1}: not {encoding.upper()}. Save the file as UTF-8."
        ) from error
    finally:
        text.detach()  # the file is its opener's to close


def _too_long(path: Path, number: int) -> InvalidInput:
    return InvalidInput(
        f"{path.name}, row {number}: more than the {MAX_ROW_CHARACTERS:,} characters allowed. "
        "Correct the row."
    )


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (row number from 1, object) for each non-empty line; raises InvalidInput by row."""
    for number, line in read_lines(path):
        if line.strip():
            yield number, parse_row(line, where=f"{path.name}, row {number}")


def parse_row(line: str, where: str) -> dict[str, Any]:
    """Return one row's object; raises InvalidInput, which starts with `where`."""
    row = parse_value(line, where)
    if not isinstance(row, dict):
        raise InvalidInput(
            f"{where}: {kind_of(row)} where an object was expected. Correct the row."
        )
    return row


def parse_value(text: str, where: str) -> Any:
    """Return one JSON value read strictly; raises InvalidInput, which starts with `where`."""

    def refuse(what: str) -> NoReturn:
        raise InvalidInput(f"{where}: {what}. Correct the row.")

    if len(text) > MAX_ROW_CHARACTERS:
        refuse(f"{len(text):,} characters are more than the {MAX_ROW_CHARACTERS:,} allowed")
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        refuse(f"nested deeper than {MAX_DEPTH} levels")
    try:
        value = _STRICT.decode(text)
        if "\\u" in text:  # the only way to a lone surrogate or a hidden NUL
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        refuse(_explain(error))
    except _TooLenient as error:
        refuse(str(error))
    except UnicodeEncodeError:
        refuse("a lone surrogate, which is no character")
    if "\\u0000" in text or "\x00" in text:
        refuse("a NUL character")
    return value


def strict_hooks(refuse: Any) -> dict[str, Any]:
    """Return the hooks of `json` that call `refuse` with a reason where it is too lenient."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    refuse(f"the field '{key}' stands twice")
                seen.add(key)
        return fields

    def whole(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            refuse(f"a number of {MAX_DIGITS} digits or more")
        return int(digits)

    def finite(digits: str) -> float:
        if len(digits) > MAX_DIGITS:
            refuse(f"a number of {MAX_DIGITS} digits or more")
        value = float(digits)
        if not math.isfinite(value):
            refuse("a number too large to be one")
        return value

    def constant(name: str) -> NoReturn:
        refuse(f"{name} is not a JSON number")
        raise AssertionError

    return {
        "object_pairs_hook": unique,
        "parse_constant": constant,
        "parse_float": finite,
        "parse_int": whole,
    }


class _TooLenient(Exception):
    """What `json` would have let through."""


def _end(what: str) -> NoReturn:
    raise _TooLenient(what)


_STRICT = json.JSONDecoder(**strict_hooks(_end))


def _explain(error: json.JSONDecodeError) -> str:
    said = f"not JSON ({error.msg}, column {error.colno})"
    if "escape" in error.msg:
        said += "; a backslash in JSON is written twice, \\\\sqrt for \\sqrt"
    return said


def _depth(line: str) -> int:
    deepest = depth = 0
    for character in line:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
