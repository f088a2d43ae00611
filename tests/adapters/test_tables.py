"""Containers: the first bytes decide what a file is, and only a limited child opens binary ones."""

import bz2
import gzip
import io
import json
import os
import pickle
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from scicot.adapters.sources import files, packed, question_files, tables
from scicot.adapters.sources.jsonl import parse_row
from scicot.adapters.sources.question_files import find_question_files
from scicot.adapters.sources.tables import open_table
from scicot.words.errors import InvalidInput

ROWS: list[dict[str, Any]] = [
    {"id": "q1", "question": "Wie groß?", "choices": ["a", "b"], "answer": 0},
    {"id": "00123", "question": "Ça va?", "choices": ["None", "б"], "answer": 1},
]


def write_jsonl(path: Path) -> None:
    path.write_text("\n".join(json.dumps(row) for row in ROWS))


def write_pretty(path: Path) -> None:
    path.write_text(json.dumps(ROWS, indent=2, ensure_ascii=False), encoding="utf-8")


def write_objects(path: Path) -> None:
    path.write_text("\n".join(json.dumps(row, indent=2) for row in ROWS))


def write_keyed(path: Path) -> None:
    path.write_text(json.dumps({row["id"]: row for row in ROWS}))


def write_held(path: Path) -> None:
    path.write_text(json.dumps({"version": 2, "data": ROWS}, indent=1))


def write_held_by_another_name(path: Path) -> None:
    path.write_text(json.dumps({"meta": {"year": 2024}, "problems": ROWS}))


def write_by_column(path: Path) -> None:
    path.write_text(json.dumps({name: [row[name] for row in ROWS] for name in ROWS[0]}))


def write_pandas(path: Path) -> None:
    columns = {name: {str(n): row[name] for n, row in enumerate(ROWS)} for name in ROWS[0]}
    path.write_text(json.dumps(columns))


def write_viewer(path: Path) -> None:
    rows = [{"row_idx": n, "row": row} for n, row in enumerate(ROWS)]
    path.write_text(json.dumps({"features": [], "rows": rows}))


def write_utf16(path: Path) -> None:
    path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-16")


def write_parquet(path: Path) -> None:
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)


def write_arrow_stream(path: Path) -> None:
    table = pyarrow.Table.from_pylist(ROWS)
    with pyarrow.OSFile(str(path), "wb") as sink, pyarrow.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)


def write_arrow_file(path: Path) -> None:
    table = pyarrow.Table.from_pylist(ROWS)
    with pyarrow.OSFile(str(path), "wb") as sink, pyarrow.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)


def write_gz(path: Path) -> None:
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in ROWS).encode()))


def write_packed_parquet(path: Path) -> None:
    write_parquet(path)
    path.write_bytes(bz2.compress(path.read_bytes()))


WRITERS: list[Callable[[Path], None]] = [
    *(write_jsonl, write_pretty, write_objects, write_keyed, write_held, write_by_column),
    write_held_by_another_name,
    *(write_pandas, write_viewer, write_utf16, write_parquet, write_arrow_stream),
    *(write_arrow_file, write_gz, write_packed_parquet),
]


def rows_of(path: Path, **options: Any) -> list[Any]:
    with open_table(path, **options) as table:
        return [row for _, row in table.rows]


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: str(write.__name__))
def test_a_container_is_known_by_its_first_bytes_whatever_its_name(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    path = tmp_path / "rows.txt"
    write(path)
    assert rows_of(path) == ROWS


def test_a_document_of_splits_states_each_rows_split(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps({"version": 1, "train": ROWS[:1], "test": ROWS[1:]}))
    assert rows_of(path) == [{"split": "train"} | ROWS[0], {"split": "test"} | ROWS[1]]


def test_a_folder_is_not_looked_through_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (tmp_path / f"mine{number}-train.csv").touch()
    assert len(find_question_files(tmp_path, "mine", None)) == 3
    monkeypatch.setattr(question_files, "MAX_ENTRIES", 2)
    with pytest.raises(InvalidInput, match=r"too large to look through: over 2 entries\. Name a"):
        find_question_files(tmp_path, "mine", None)
    monkeypatch.setattr(question_files, "MAX_ENTRIES", 3)
    monkeypatch.setattr(question_files, "MOST_SECONDS", -1)
    with pytest.raises(InvalidInput, match=r"seconds were not enough, at .*Name a smaller folder"):
        find_question_files(tmp_path, "mine", None)


CELLS = [["id", "question", "A"], ["00123", "one, two; three", "None"], ["q2", 'a "b"', "ü"]]
TABLES = {
    "comma": 'id,question,A\n00123,"one, two; three",None\nq2,"a ""b""",ü\n',
    "semicolon": 'id;question;A\n00123;"one, two; three";None\nq2;"a ""b""";ü\n',
    "tabs": 'id\tquestion\tA\n00123\tone, two; three\tNone\nq2\t"a ""b"""\tü\n',
    "pipes": 'id|question|A\n00123|one, two; three|None\nq2|"a ""b"""|ü\n',
    "Excel's first line": 'sep=;\nid;question;A\n00123;"one, two; three";None\nq2;"a ""b""";ü\n',
    "a title above": 'Quiz 2024\nid,question,A\n00123,"one, two; three",None\nq2,"a ""b""",ü\n',
    "Excel's title": 'Quiz;;\nid;question;A\n00123;"one, two; three";None\nq2;"a ""b""";ü\n',
    "blanks after commas": 'id, question, A\n00123, "one, two; three", None\nq2, "a ""b""", ü\n',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_is_read_by_any_separator_and_encoding(
    tmp_path: Path, text: str, encoding: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    header, *rows = CELLS
    assert rows_of(path) == [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("encoding", "word"),
    [("gb18030", "植物的哪个部分从土壤中吸收水分"), ("cp1251", "Какая часть растения пьёт воду")],
)
def test_a_guessed_encoding_is_said_and_another_can_be_named(
    tmp_path: Path, encoding: str, word: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(f"id,question\nq1,{word}\nq2,{word}\n".encode(encoding))
    with open_table(path) as table:
        assert "guessed" in table.container
        assert [row["question"] for _, row in table.rows if isinstance(row, dict)] == [word] * 2
    assert rows_of(path, encoding=encoding)[0]["question"] == word
    with pytest.raises(InvalidInput, match="'klingon' is no encoding"):
        rows_of(path, encoding="klingon")


def test_an_excel_sheet_is_read_as_its_cells_say(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cells = ["id", "question", "A"], ["00123", "Why?", 1.0], [None, None, None], ["q2", "x", 2]
    for row in cells:
        book.active.append(row)
    book.create_sheet("empty")
    path = tmp_path / "rows.dat"
    book.save(path)
    assert rows_of(path) == [
        {"id": "00123", "question": "Why?", "A": 1},
        {"id": "q2", "question": "x", "A": 2},
    ]


def test_a_ragged_row_is_its_own_error(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,question\nq1,one\nq2,two,three\nq4,four\n")
    first, ragged, last = rows_of(path)
    assert (first["id"], last["id"]) == ("q1", "q4")
    assert "row 3: 3 cells where there are 2 columns" in str(ragged)


def zipped(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def tarred() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("rows.jsonl"))
    return packed.getvalue()


def test_a_zip_of_one_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "rows.zip"
    path.write_bytes(zipped(**{"rows.jsonl": json.dumps(ROWS[0]), "__MACOSX__._rows": "x"}))
    assert rows_of(path) == ROWS[:1]


def test_what_keeps_excel_from_reading_formulas_is_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('id,question\n"=""007""",\'=1+1 is two\nq2,\'-\' is a sign\nq3,\'s\n')
    assert rows_of(path) == [
        {"id": "007", "question": "=1+1 is two"},
        {"id": "q2", "question": "'-' is a sign"},
        {"id": "q3", "question": "'s"},
    ]


POLISH = "Która żaba ćwierka łąką? Gdzie jest źdźbło?"
WORDS = {
    **dict.fromkeys(("cp1250", "iso8859_2"), POLISH),
    "cp1252": "«Où ça ?» – dit-il… €5 ¿sí? 3 m³ 5 °C",
    "cp1253": "Ποιος είναι πλανήτης; Ήλιος",
    "cp1254": "Hangi bölüm suyu içer? Işık ğüşöç",
    "cp1255": "איזה חלק של הצמח סופג מים?",
    "cp1256": "أي جزء من النبات يمتص الماء من التربة؟",
    "mac_roman": "Où est l’été ?",
    "shift_jis": "植物のどの部分が水を吸収しますか？",
    "euc_kr": "식물의 어느 부분이 물을 흡수합니까?",
    "utf-16-be": "Where?",
}


@pytest.mark.parametrize(("encoding", "words"), WORDS.items())
def test_the_encodings_of_many_languages_are_guessed(
    tmp_path: Path, encoding: str, words: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(f"id,question\nq1,{words}\nq2,{words}\n".encode(encoding))
    assert [row["question"] for row in rows_of(path)] == [words] * 2


REFUSED = {
    "an empty file": (b"", "is empty"),
    "an archive of two": (zipped(a="1", b="2"), "zip archive of 2 files"),
    "an OpenDocument sheet": (zipped(**{"content.xml": "<a/>"}), "save it as .xlsx or CSV"),
    "a model's weights": (zipped(**{"m__data.pkl": "x"}), "a pickle, which can run code"),
    "a tar": (tarred(), "a tar archive; unpack it first"),
    "packed twice": (gzip.compress(gzip.compress(b"{}")), "packed twice"),
    "a pickle": (pickle.dumps({"a": 1}), "a pickle, which can run code"),
    "a PDF": (b"%PDF-1.7 ...", "is a PDF"),
    "a web page": (b"<!DOCTYPE html><html>", "HTML or XML"),
    "a cut gz": (gzip.compress(b"x" * 1000)[:20], "damaged or cut gz"),
    "a damaged Parquet": (b"PAR1" + b"\x00" * 50 + b"PAR1", "cannot be read"),
    "a zip that is no workbook": (b"PK\x03\x04" + b"\x00" * 40, "cannot be read"),
    "an array that is never closed": (b'[{"id": "a"},', "row 2: .*never closed"),
    "an array with a word": (b'[{"id": "a"}, oops]', "row 2: not JSON"),
    "a quote that is never closed": (b'id,question\nq1,"' + b"x" * 200_000, "row 2"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        rows_of(path)


def test_devices_and_pipes_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (Path("/dev/zero"), pipe, tmp_path):
        with pytest.raises(InvalidInput, match="not a file"):
            rows_of(path)


def test_a_bomb_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_UNPACKED_BYTES", 10_000_000)
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 10_000_000)
    bomb = tmp_path / "bomb.jsonl.gz"
    bomb.write_bytes(gzip.compress(b"x" * 20_000_000))
    with pytest.raises(InvalidInput, match="unpacks to more than"):
        rows_of(bomb)
    swollen = tmp_path / "bomb.parquet"
    texts = pyarrow.array(["x" * 10_000] * 2_000)
    parquet.write_table(pyarrow.table({"text": texts}), swollen, compression="zstd")
    assert swollen.stat().st_size < 100_000
    with pytest.raises(InvalidInput, match="grows beyond"):
        rows_of(swollen)


def test_a_large_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 100)
    path = tmp_path / "rows.jsonl"
    path.write_text("{}\n" * 100)
    with pytest.raises(InvalidInput, match="Split the file"):
        rows_of(path)


def test_reading_that_stops_early_leaves_no_child_behind(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    parquet.write_table(pyarrow.table({"n": list(range(50_000))}), path)
    before = threading.active_count()
    with open_table(path) as table:
        assert next(table.rows) == (1, {"n": 0})
    assert threading.active_count() == before


def test_a_row_of_many_fields_costs_no_square_of_them() -> None:
    def seconds(fields: int) -> float:
        line = "{" + ",".join(f'"f{n}": {n}' for n in range(fields)) + "}"
        began = time.perf_counter()
        parse_row(line, "here")
        return time.perf_counter() - began

    seconds(1_000)
    assert seconds(40_000) < 40 * max(seconds(4_000), 0.002)


# the file is written anew each time
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    said = None
    rows: list[Any] = []
    try:
        rows = rows_of(path)
    except InvalidInput as error:
        said = str(error)
    assert said is None or said.endswith((".", ")"))
    assert all(isinstance(row, dict | InvalidInput) for row in rows)
