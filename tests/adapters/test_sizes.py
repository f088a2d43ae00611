"""Sizes and kinds of files: what never ends, and what is no file, is refused in time."""

from __future__ import annotations

import asyncio
import json
import os
import time
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.parcel_files import read_manifest, write_parcel
from scicot.adapters.teacher.reply_size import (
    LimitedBlockingTransport,
    LimitedTransport,
    TooLong,
)
from scicot.pure.checks import find_flags
from scicot.pure.judge.rubric import BUILT_IN, read_findings
from scicot.pure.predictions.llm_parsing import read_llm_output
from scicot.pure.predictions.markup import strip_markup
from scicot.pure.predictions.parsing import read_output
from scicot.pure.printable import printable, printable_json
from scicot.pure.questions.free import find_stated
from scicot.pure.questions.values import as_list, cut_options
from scicot.pure.secrets import hide_secrets
from scicot.words.errors import InvalidInput, InvalidParcel
from scicot.words.records import AnswerKind, Question
from tests.builders import make_question

SECONDS_FOR_A_LONG_TEXT = 10.0  # on a busy machine; quadratic ones took 27 s for as much


class Endless(httpx2.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536


def test_a_reply_that_never_ends_is_cut_at_the_limit() -> None:
    async def ask() -> None:
        server = httpx2.MockTransport(lambda _request: httpx2.Response(200, stream=Endless()))
        async with httpx2.AsyncClient(transport=LimitedTransport(server, 10**6)) as client:
            await client.get("http://teacher.example/")

    with pytest.raises(TooLong):
        asyncio.run(ask())


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_reply_that_comes_packed_is_unpacked_up_to_the_limit(coding: str) -> None:
    packer = zlib.compressobj(wbits=31 if coding == "gzip" else 15)
    bomb = b"".join([packer.compress(b"\0" * 10**8), packer.flush()])
    asked: list[str] = []

    def reply(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.headers["accept-encoding"])
        # a stream: what is given whole is unpacked before the transport is asked
        return httpx2.Response(
            200, headers={"content-encoding": coding}, stream=httpx2.ByteStream(bomb)
        )

    transport = LimitedBlockingTransport(httpx2.MockTransport(reply), 10**6)
    with (
        httpx2.Client(transport=transport) as client,
        pytest.raises(httpx2.ReadError, match=r"longer than any answer|came packed"),
    ):
        client.get("http://teacher.example/")
    assert asked == ["identity"]


@pytest.mark.parametrize("kind", ["link", "fifo", "device", "folder", "too long", "nul"])
def test_an_export_replaces_nothing_but_a_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "out.jsonl"
    target = tmp_path / "kept.txt"
    target.write_text("kept")
    if kind == "link":
        path.symlink_to(target)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/null")
    elif kind == "folder":
        path.mkdir()
    elif kind == "too long":
        path = tmp_path / ("x" * 300)
    else:
        path = tmp_path / "a\x00b"
    with pytest.raises(InvalidInput):
        write_atomically(path, b"new")
    assert target.read_text() == "kept"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


# what models in a loop write, and what patterns try in vain
PIECES = (
    *("\n", " ", "A ", "A) ", "(A", "A. x\n", "The answer is B. ", "Answer: ", "答案是", "(", "{"),
    *("{}", "because ", "1", "\t\n", "\\boxed{", "\\(", "<think>", "</think>", "? ", "It is "),
)


@pytest.mark.parametrize(
    ("read", "signs"),
    [
        *((find_flags, 20_000), (read_output, 200_000), (read_llm_output, 200_000)),
        (lambda text, _: as_list(f"[{text}]"), 40_000),
        (lambda text, _: cut_options(text), 40_000),
    ],
)
@settings(max_examples=12, deadline=None)
@given(piece=st.sampled_from(PIECES), end=st.sampled_from(["", "!", " the answer.", "}"]))
def test_a_long_text_that_repeats_itself_is_read_in_time(
    read: Callable[[str, Question], object], signs: int, piece: str, end: str
) -> None:
    long = piece * (signs // len(piece)) + end
    began = time.process_time()
    read(long, make_question())
    assert time.process_time() - began < SECONDS_FOR_A_LONG_TEXT


# what begins something, and then blanks, signs or letters that never end it
BEGUN = (
    *("$$", "<b>", "«", "\\(", "\\[", "```", "**a ", "The answer is", "answer", "Answer:\n", "{"),
    *('{"a":', "\\", "%", "a "),
)


@pytest.mark.parametrize("run", [" ", "\n", "a", "\\", '{"a":', "{", "a "])
@pytest.mark.parametrize(
    "read",
    [
        lambda text: strip_markup(text[:4000]),
        lambda text: find_stated(text, AnswerKind.TEXT),
        lambda text: hide_secrets(text, ["sk-of-the-teacher"]),
        lambda text: read_findings(text, BUILT_IN, "x"),
        lambda text: read_findings(
            json.dumps({BUILT_IN[0].name: {"verdict": "fail", "quote": text[:40_000] + "b"}}),
            BUILT_IN[:1],
            text[:80_000],
        ),
    ],
    ids=["markup", "stated", "secrets", "findings", "quote"],
)
def test_what_is_begun_and_never_ended_is_read_in_time(
    read: Callable[[str], object], run: str
) -> None:
    began = time.process_time()
    for begun in BEGUN:
        read(begun + run * (100_000 // len(run)) + "x" * 1200)
    assert time.process_time() - began < 2 * SECONDS_FOR_A_LONG_TEXT


def test_a_pattern_that_backtracks_on_many_texts_ends_within_one_budget(session: Session) -> None:
    rows = " UNION ALL ".join(["SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' AS t"] * 200)
    began = time.monotonic()
    with pytest.raises(InvalidInput, match="takes too long"):
        session.execute(text(f"SELECT count(*) FROM ({rows}) WHERE t REGEXP '(a|a|aa)+$'")).all()
    assert time.monotonic() - began < 15


@given(st.text())
def test_no_text_gives_a_terminal_an_order(written: str) -> None:
    shown = printable(written) + printable_json(written)
    assert not any(
        (ord(sign) < 32 and sign not in "\t\n") or 127 <= ord(sign) < 160 for sign in shown
    )


def test_a_parcel_replaces_nothing_but_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(InvalidInput, match="no regular file"):
        write_parcel(tmp_path, tmp_path / "fifo", {})
    assert (tmp_path / "fifo").is_fifo()


@pytest.mark.parametrize("kind", ["fifo", "device", "folder"])
def test_a_parcel_that_is_no_regular_file_is_refused_without_opening_it(
    tmp_path: Path, kind: str
) -> None:
    path = {"device": Path("/dev/zero"), "folder": tmp_path}.get(kind, tmp_path / "fifo")
    if kind == "fifo":
        os.mkfifo(path)
    with pytest.raises(InvalidParcel, match="no regular file"):
        read_manifest(path)
