"""Tables of cells: CSV by any delimiter and encoding, and the header that names the columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

from scicot.adapters.sources.files import open_regular
from scicot.adapters.sources.jsonl import wide_encoding
from scicot.words.errors import InvalidInput

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", ":", "§")
SAMPLE = 1 << 16
# what people's spreadsheets and editors write; a guess among all of Python's names is a lottery
ENCODINGS = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "mac_roman"),
]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a text table is written."""

    encoding: str
    guessed: bool
    delimiter: str
    spaced: bool  # a blank follows each delimiter
    skip: int  # lines before the table: Excel's `sep=;`

    @property
    def title(self) -> str:
        """The form in words."""
        names = {"\t": "tabs", "\x1f": "U+001F"}
        parted = names.get(self.delimiter, f"'{self.delimiter}'")
        how = ", guessed" if self.guessed else ""
        return f"a table separated by {parted}, {self.encoding}{how}"


def find_form(path: Path, encoding: str | None = None) -> CsvForm:
    """Return how the file is written; raises InvalidInput for an encoding it is not in."""
    guessed = False
    if encoding is None:
        encoding, guessed = _find_encoding(path)
    elif not _is_encoding(encoding):
        raise InvalidInput(f"'{encoding}' is no encoding. Give one such as utf-8 or cp1252.")
    with _open_text(path, encoding) as text:
        try:
            sample = text.read(SAMPLE)
        except UnicodeError as error:
            raise _wrong_encoding(path, encoding) from error
    stated = re.match(r"sep=(.)\r?\n", sample)
    if stated:
        return CsvForm(encoding, guessed, stated[1], False, 1)
    delimiter = _find_delimiter(sample)
    spaced = f'{delimiter} "' in sample
    return CsvForm(encoding, guessed, delimiter, spaced, 0)


def _find_encoding(path: Path) -> tuple[str, bool]:
    """Return the encoding and whether it is a guess: a mark and valid UTF-8 are none."""
    with open_regular(path) as file:
        start = file.read(SAMPLE)
        if wide := wide_encoding(start):
            return wide, False
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", False
        if start[1::2].count(0) > len(start) // 4:
            return "utf-16-le", True
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            while chunk := file.read(SAMPLE):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _guess_encoding(start), True
        return "utf-8", False


def _guess_encoding(start: bytes) -> str:
    """Return the likeliest encoding; among Western ones Windows' own, unless another has letters.

    cp1250 and cp1252 agree on most signs of a text with few accents: where they differ, the one
    that makes letters of the bytes is right.
    """
    best = from_bytes(start, cp_isolation=ENCODINGS).best()
    guess = best.encoding if best else "cp1252"
    if guess not in ("cp1250", "cp1254", "mac_roman", "cp1253"):
        return guess
    high = bytes(byte for byte in start if byte >= 0x80)

    def letters(encoding: str) -> int:
        return sum(sign.isalpha() for sign in high.decode(encoding, "replace"))

    return guess if letters(guess) > letters("cp1252") else "cp1252"


def _is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False


def _wrong_encoding(path: Path, encoding: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name} is not in {encoding} throughout. Name its encoding (--encoding cp1252, "
        "gb18030, ...) or save it as UTF-8."
    )


def _find_delimiter(sample: str) -> str:
    """Return the delimiter that cuts the sample's rows into the same number of cells."""

    def fit(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            rows = [row for row, _ in zip(reader, range(60), strict=False) if row]
        except csv.Error:
            return (0.0, 0)
        rows = rows[:-1] if len(rows) > 2 and len(sample) == SAMPLE else rows  # the last is cut
        widths = [len(row) for row in rows]
        width = max(set(widths), key=widths.count) if rows else 0  # a title may stand above
        if width < 2:
            return (0.0, 0)
        return (sum(len(row) == width for row in rows) / len(rows), width)

    return max(DELIMITERS, key=fit)


def read_cells(path: Path, form: CsvForm) -> Iterator[tuple[int, list[str] | InvalidInput]]:
    """Yield (row from 1, cells); raises InvalidInput by row where quotes do not close."""
    with _open_text(path, form.encoding) as text:
        for _ in range(form.skip):
            text.readline(SAMPLE)
        reader = csv.reader(
            text, delimiter=form.delimiter, skipinitialspace=form.spaced, strict=True
        )
        number = 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except UnicodeError as error:
                raise _wrong_encoding(path, form.encoding) from error
            except csv.Error as error:
                raise InvalidInput(
                    f"{path.name}, row {number} (line {reader.line_num}): {error}. Correct the "
                    "row: a quote inside a quoted cell is written twice."
                ) from error


def _open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(open_regular(path), encoding=encoding, newline="")


def name_cells(
    rows: Iterable[tuple[int, Sequence[Any]]],
    name: str,
    is_header: Callable[[Sequence[str]], bool],
) -> Iterator[tuple[int, Row | InvalidInput]]:
    """Yield (row, the row by column); without a header the columns are named 1, 2, 3 ...

    Raises InvalidInput for a column name that stands twice; a row of another width is yielded as
    its error.
    """
    columns: list[str] = []
    for number, cells in rows:
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        filled = [cell for cell in cells if cell is not None and str(cell).strip()]
        if not columns and len(filled) == 1:
            continue  # a title above the table
        if not columns:
            names = ["" if cell is None else str(cell).strip() for cell in cells]
            if is_header(names):
                columns = _columns(names, name)
                continue
            columns = [str(place) for place in range(1, len(cells) + 1)]
        yield number, _name_row(cells, columns, f"{name}, row {number}")


def _columns(names: list[str], name: str) -> list[str]:
    while names and not names[-1]:
        names.pop()
    columns = [column or f"column {place}" for place, column in enumerate(names, start=1)]
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        raise InvalidInput(f"{name}: the column '{twice}' stands twice. Rename one of them.")
    return columns


def _name_row(cells: Sequence[Any], columns: Sequence[str], where: str) -> Row | InvalidInput:
    beyond = cells[len(columns) :]
    if len(cells) < len(columns) or any(cell not in (None, "") for cell in beyond):
        return InvalidInput(
            f"{where}: {len(cells)} cells where there are {len(columns)} columns. Correct the row; "
            "a cell that holds the separator stands in quotes."
        )
    if any(isinstance(cell, str) and "\x00" in cell for cell in cells):
        return InvalidInput(f"{where}: a NUL character. Correct the row.")
    return dict(zip(columns, cells, strict=False))
