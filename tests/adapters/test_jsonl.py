from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scicot.adapters.sources.jsonl import parse_row, read_rows
from scicot.words.errors import InvalidInput

BAD_ROWS = {
    "nan": ('{"a": NaN}', "NaN is not a JSON number"),
    "infinity": ('{"a": 1e999}', "too large"),
    "duplicate key": ('{"a": 1, "a": 2}', "'a' stands twice"),
    "lone surrogate": ('{"a": "\\ud800"}', "lone surrogate"),
    "deep nesting": ("[" * 100_000 + "]" * 100_000, "deeper than 50"),
    "long integer": ('{"a": ' + "9" * 5000 + "}", "40 digits"),
    "nul": ('{"a": "\\u0000"}', "NUL"),
    "not json": ("{'a': 1}", "not JSON"),
    "a list": ("[1, 2]", "a list where an object"),
    "too long": ('{"a": "' + "x" * 1_000_001 + '"}', "more than the"),
}


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_row_that_a_lenient_parser_takes_is_refused_by_name(row: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        parse_row(row, where="file.jsonl, row 7")
    assert str(caught.value).startswith("file.jsonl, row 7: ")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_its_row(text: str) -> None:
    refusal = None
    try:
        parse_row(text, where="here")
    except InvalidInput as error:
        refusal = str(error)
    assert refusal is None or refusal.startswith("here: ")


def test_line_separators_inside_a_text_do_not_split_the_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": "one\u2028two"}\r\n\n{"a": "three"}', encoding="utf-8")
    assert [(row, found["a"]) for row, found in read_rows(path)] == [
        (1, "one\u2028two"),
        (3, "three"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes('{"a": "naïve"}'.encode(encoding))
    assert list(read_rows(path)) == [(1, {"a": "naïve"})]


def test_latin_1_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes('{"a": "x"}\n{"a": "naïve"}'.encode("latin-1"))
    with pytest.raises(InvalidInput, match=r"row 2: byte 20 is not UTF-8.*Save the file as UTF-8"):
        list(read_rows(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file"):
        list(read_rows(tmp_path / "nowhere.jsonl"))
