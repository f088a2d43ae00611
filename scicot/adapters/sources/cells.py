"""Tables of cells: CSV by any delimiter and encoding, and the header that names the columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
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
_RULE = re.compile(r"\s*:?-{2,}:?\s*")
_NO_FORMULA = re.compile(r"'[=+\-@][^']*", re.DOTALL)  # as tables are exported here
_AS_TEXT = re.compile(r'="(.*)"')  # how a table keeps Excel from making numbers of texts
LATIN = ("cp1250", "cp1252", "cp1254", "mac_roman", "cp1253")
DOUBLE = ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr")
_TURKISH = {0xFD, 0xFE, 0xF0, 0xDD, 0xDE, 0xD0}  # ı ş ğ İ Ş Ğ; in cp1252 Icelandic's letters
_SHARED = {0xFC, 0xF6, 0xE7, 0xDC, 0xD6, 0xC7, 0xE2, 0xEE, 0xFB, *range(0x80, 0xC0)}
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
        for encoding, noughts in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
            if noughts.count(0) > len(start) // 4:
                return encoding, True
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
    """Return the likeliest encoding; among like ones the one that makes words of the bytes."""
    best = from_bytes(start, cp_isolation=ENCODINGS).best()
    guess = best.encoding if best else "cp1252"
    high = {byte for byte in start if byte >= 0x80}
    pairs = sum(a >= 0x80 and b >= 0x80 for a, b in pairwise(start))
    if not pairs and guess in DOUBLE:
        guess = "cp1252"  # "5 °C": their letters have two bytes, which would stand side by side
    is_greek = guess == "cp1253" and pairs * 3 > sum(byte >= 0x80 for byte in start)
    if guess in LATIN and not is_greek:
        if high & _TURKISH and high <= _TURKISH | _SHARED:
            return "cp1254"
        # the same bytes are letters in one of them and signs in another, cp1252 where it is equal
        likely = ("cp1252", "cp1250", *(("iso8859_2",) if guess == "cp1250" else ()))
        guess = max(likely, key=lambda encoding: _letters_in_words(start, encoding))
    if guess == "cp1251" and len(high) > 8 and all(0xE0 <= byte <= 0xFA for byte in high):
        guess = "cp1255"  # Russian without capitals and without я is none
    for encoding in (guess, "cp1252", "mac_roman"):
        try:
            start.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start > len(start) - 8:  # the last character of the sample is cut
                return encoding
        else:
            return encoding
    return guess


def _letters_in_words(start: bytes, encoding: str) -> int:
    """Return how many of the signs beyond ASCII are letters between letters."""
    text = start.decode(encoding, "replace")
    return sum(
        (1 if sign.isalpha() else -1)
        for before, sign, after in zip(text, text[1:], text[2:], strict=False)
        if sign > "\x7f" and before.isalpha() and after.isalpha()
    )


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
    titles, is_markdown = 0, False
    for number, cells in rows:
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        filled = [cell for cell in cells if cell is not None and str(cell).strip()]
        if not columns and len(filled) == 1:
            titles += 1
            continue  # a title above the table
        if all(_RULE.fullmatch(str(cell)) for cell in filled):
            is_markdown = True  # the line below the header
            continue
        if is_markdown:
            cells = [str(cell).strip() for cell in cells]
        if not columns:
            names = ["" if cell is None else str(cell).strip("\ufeff \t\r\n") for cell in cells]
            if is_header(names):
                columns = _columns(names, name)
                continue
            columns = [str(place) for place in range(1, len(cells) + 1)]
        yield number, _name_row(cells, columns, f"{name}, row {number}")
    if not columns and titles > 1:
        raise InvalidInput(
            f"{name} holds {titles:,} lines and no separator that cuts them into columns. Save it "
            "as a table or as JSON, a question a row."
        )


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
    return dict(zip(columns, map(_as_meant, cells), strict=False))


def _as_meant(cell: Any) -> Any:
    """Return a cell without what Excel needs around it: `="00123"`, two signs for a line's end."""
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\r\n", "\n").replace("_x000D_\n", "\n")
    quoted = _AS_TEXT.fullmatch(cell)
    if quoted:
        return quoted[1].replace('""', '"')
    return cell[1:] if _NO_FORMULA.fullmatch(cell) else cell
