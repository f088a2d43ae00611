"""Any file as rows by column: its first bytes decide what it is, never its ending."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from scicot.adapters.sources.cells import find_form, name_cells, read_cells
from scicot.adapters.sources.files import first_bytes
from scicot.adapters.sources.json_documents import is_document, read_document
from scicot.adapters.sources.jsonl import MAX_ROW_CHARACTERS, parse_row, read_lines, wide_encoding
from scicot.adapters.sources.packed import MAX_UNPACKED_BYTES, unpacked
from scicot.pure.questions.values import kind_of
from scicot.words.errors import InvalidInput
from scicot.words.places import REPOSITORY
from scicot.words.storage import expand

Row = dict[str, Any]
Rows = Iterator[tuple[int, Row | InvalidInput]]
IsHeader = Callable[[Sequence[str]], bool]
BINARY = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"\xff\xff\xff\xff": "arrow",
    b"PK\x03\x04": "xlsx",
}
REFUSED = {
    b"%PDF": "a PDF",
    b"SQLite format 3": "a SQLite database",
    b"\xd0\xcf\x11\xe0": "an old or a locked Excel or Word file; save it as .xlsx",
    b"\x80\x02": "a pickle, which can run code and is never opened",
    b"\x80\x03": "a pickle, which can run code and is never opened",
    b"\x80\x04": "a pickle, which can run code and is never opened",
    b"\x80\x05": "a pickle, which can run code and is never opened",
    b"\x89HDF": "an HDF5 file",
    b"FEA1": "a Feather file of the first version",
    b"\xfd7zXZ": "packed by xz; unpack it first",
    b"\x28\xb5\x2f\xfd": "packed by zstd; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"Rar!": "a rar archive; unpack it first",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "packed twice; unpack it first",
    b"BZh": "packed twice; unpack it first",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a word processor's text",
    b"<": "HTML or XML",
}
JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
KINDS = "JSONL, JSON, CSV, Parquet, Arrow or Excel"


@dataclass(frozen=True, slots=True)
class Table:
    """A file that is open to be read: what it is, and its rows by column, from 1 as in the file."""

    name: str
    container: str
    rows: Rows


def any_header(names: Sequence[str]) -> bool:
    """Take the first row for the columns' names, whatever they are."""
    return True


@contextmanager
def open_table(
    path: Path, *, encoding: str | None = None, is_header: IsHeader = any_header
) -> Iterator[Table]:
    """Yield the file's rows; `is_header` says whether a first row of cells names the columns.

    Raises InvalidInput for what is no file, is too large, or is of no kind that is read here; a
    row that cannot be read is yielded as its error where the next one still can.
    """
    path = expand(path)
    with unpacked(path) as (plain, packing):
        container, rows = _open(plain, encoding, is_header)
        packed = f", packed by {packing}" if packing else ""
        with closing(rows):
            yield Table(path.name, container + packed, rows)


def _open(path: Path, encoding: str | None, is_header: IsHeader) -> tuple[str, Any]:
    start = first_bytes(path, 4096)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n\0")
    for magic, kind in BINARY.items():
        if start.startswith(magic):
            return _open_binary(path, kind, is_header)
    for magic, what in REFUSED.items():
        if (text if magic == b"<" else start).startswith(magic):
            raise InvalidInput(f"{path.name} is {what}. {KINDS} are read here.")
    if start[257:262] == b"ustar":
        raise InvalidInput(f"{path.name} is a tar archive; unpack it first. {KINDS} are read here.")
    if not text:
        raise InvalidInput(f"{path.name} is empty. Check the file.")
    if wide := wide_encoding(start):
        text = start[: len(start) // 4 * 4].decode(wide, "ignore").strip().encode()
    if text[:1] in b"{[" and text[:1]:
        if is_document(path):
            return "a JSON document", _document_rows(path)
        return "JSON, an object a line", _line_rows(path)
    if path.suffix in JSON_ENDINGS and text.startswith((b"//", b"/*", b"#")):
        raise InvalidInput(
            f"{path.name} begins with a comment, which JSON does not have. Take the comments out."
        )
    if start.count(0) > len(start) // 3 and not wide and start[1::2].count(0) < len(start) // 4:
        raise InvalidInput(f"{path.name} is no text. {KINDS} are read here.")
    if text[:1] in b"\"'" and path.suffix in JSON_ENDINGS:
        return "JSON, an object a line", _line_rows(path)
    form = find_form(path, encoding)
    return form.title, _csv_rows(path, form, is_header)


def _line_rows(path: Path) -> Rows:
    for number, line in read_lines(path):
        if line.strip():
            try:
                # people cut an array into lines and leave the commas
                # and joined files keep each its mark
                bare = line.strip().lstrip("\ufeff").removesuffix(",")
                row: Row | InvalidInput = parse_row(bare, f"{path.name}, row {number}")
            except InvalidInput as error:
                row = error
            yield number, row


def _document_rows(path: Path) -> Rows:
    for number, value in read_document(path):
        if isinstance(value, dict):
            yield number, value
        else:
            yield (
                number,
                InvalidInput(
                    f"{path.name}, row {number}: {kind_of(value)} where an object was expected. "
                    "Correct the row."
                ),
            )


def _csv_rows(path: Path, form: Any, is_header: IsHeader) -> Rows:
    cells = ((number, row) for number, row in read_cells(path, form))
    yield from name_cells(cells, path.name, is_header)  # type: ignore[arg-type]


def _open_binary(path: Path, kind: str, is_header: IsHeader) -> tuple[str, Any]:
    lines = _child_lines(path, kind)
    said = next(lines, None)
    if said is None or "read" not in said:
        lines.close()
        raise InvalidInput(f"{path.name} cannot be read: {_reason(said)}. Check the file.")
    rows = enumerate(lines, start=1)
    if kind == "xlsx":
        return said["read"], name_cells(rows, path.name, is_header)
    return said["read"], (row for row in rows)


def _reason(said: Any) -> str:
    return said["error"] if said else "reading it took more memory or time than is allowed"


def _child_lines(path: Path, kind: str) -> Any:
    """Yield what the child process reads; raises InvalidInput where it ends badly."""
    child = subprocess.Popen(
        [sys.executable, "-m", "scicot.adapters.sources.binary_reader", kind, str(path.resolve())],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    size = number = 0
    try:
        while line := child.stdout.readline(4 * MAX_ROW_CHARACTERS + 1):
            size += len(line)
            if size > MAX_UNPACKED_BYTES or len(line) > 4 * MAX_ROW_CHARACTERS:
                raise InvalidInput(
                    f"{path.name}, row {number}: what is read of it grows beyond "
                    f"{MAX_UNPACKED_BYTES // 2**20} MiB, or one row beyond "
                    f"{4 * MAX_ROW_CHARACTERS:,} characters. Import a smaller part."
                )
            row = json.loads(line)
            if isinstance(row, dict) and set(row) == {"error"}:
                if number == 0:
                    yield row
                    return
                raise InvalidInput(
                    f"{path.name} cannot be read after row {number - 1}: {row['error']}."
                )
            yield row
            number += 1
        if child.wait() != 0:
            raise InvalidInput(
                f"{path.name} cannot be read after row {max(0, number - 1)}: {_reason(None)}. "
                "Import a smaller part."
            )
    finally:
        child.stdout.close()
        child.kill()
        child.wait()


def first_rows(rows: Rows, count: int) -> tuple[list[Row], Rows]:
    """Return the first readable rows, and an iterator that yields all of them again."""
    taken = list(islice(rows, count))

    def again() -> Rows:
        yield from taken
        yield from rows

    return [row for _, row in taken if isinstance(row, dict)], again()
