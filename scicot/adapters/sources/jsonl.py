"""JSONL read strictly: what a lenient parser lets through ends here, with its row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from scicot.words.errors import InvalidInput

MAX_ROW_CHARACTERS = 1_000_000
MAX_DEPTH = 50
_DEEP = re.compile(r"[\[{]")
_LONG_NUMBER = re.compile(r"\d{40,}")


def read_text(path: Path) -> str:
    """Return a file's text, UTF-8 with or without BOM, or UTF-16 with BOM.

    Raises InvalidInput for a missing file, a folder, or another encoding.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {path}. Check the path.") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read ({error.strerror}).") from error
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise InvalidInput(
            f"{path.name}, row {row}: byte {error.start} is not "
            f"{encoding.removesuffix('-sig').upper()}. Save the file as UTF-8."
        ) from error


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (row number from 1, object) for each non-empty line; raises InvalidInput by row."""
    # split("\n"), not splitlines(): a text may hold U+2028 and be one row all the same
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield number, parse_row(line, where=f"{path.name}, row {number}")


def parse_row(line: str, where: str) -> dict[str, Any]:
    """Return one row's object; raises InvalidInput, which starts with `where`."""

    def refuse(what: str) -> NoReturn:
        raise InvalidInput(f"{where}: {what}. Correct the row.")

    def refuse_constant(name: str) -> NoReturn:
        refuse(f"{name} is not a JSON number")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        for key in keys:
            if keys.count(key) > 1:
                refuse(f"the field '{key}' stands twice")
        return dict(pairs)

    if len(line) > MAX_ROW_CHARACTERS:
        refuse(f"{len(line):,} characters are more than the {MAX_ROW_CHARACTERS:,} allowed")
    if len(_DEEP.findall(line)) > MAX_DEPTH and _depth(line) > MAX_DEPTH:
        refuse(f"nested deeper than {MAX_DEPTH} levels")
    if _LONG_NUMBER.search(line):
        refuse("a number of 40 digits or more")
    try:
        row = json.loads(line, object_pairs_hook=unique, parse_constant=refuse_constant)
        json.dumps(row, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except json.JSONDecodeError as error:
        refuse(f"not JSON ({error.msg}, column {error.colno})")
    except UnicodeEncodeError:
        refuse("a lone surrogate, which is no character")
    except ValueError:
        refuse("a number too large to be one")
    if not isinstance(row, dict):
        refuse(f"a {type(row).__name__} where an object was expected")
    if "\\u0000" in line or "\x00" in line:
        refuse("a NUL character")
    return row


def _depth(line: str) -> int:
    deepest = depth = 0
    for character in line:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def text_field(row: dict[str, Any], name: str, where: str, error: type[InvalidInput]) -> str:
    """Return a field that must be text; raises `error` when it is missing or something else."""
    value = row.get(name)
    if isinstance(value, str):
        return value
    found = "missing" if name not in row else f"a {type(value).__name__}"
    raise error(f"{where}: the field '{name}' is {found}; a text was expected. Correct the row.")
