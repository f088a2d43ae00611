"""Every command on a home it cannot use, and with arguments that nobody means: one sentence each.

The commands are the parser's own, so that a new one is among them.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scicot.services.workspace import open_workspace
from scicot.words.settings import get_settings
from tests.builders import store_questions, store_rationale
from tests.cli.attacked import call, commands, plain_words
from tests.cli.runner import ROOT

ID = re.compile(r"\(error [0-9a-f]{8}\)")
NOT_FOR_PEOPLE = re.compile(r"Traceback|sqlalchemy|sqlite3|SELECT |INSERT |unexpected|File \"")
SECRET = "hunter2"
# these measure the machine in a folder of their own, for minutes
APART = {words for words in commands() if words[0] == "bench"}
# it reads what ships with the program
NO_HOME = {("checks", "list")}
ATTACKED = [words for words in commands() if words not in APART]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home that holds a small dataset, and a file to read."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SCICOT_DATABASE_URL", raising=False)
        patch.setenv("SCICOT_HOME", str(folder / "home"))
        get_settings.cache_clear()
        with open_workspace() as session:
            for questions in store_questions(session, folder / "data").values():
                store_rationale(session, questions[0])
    get_settings.cache_clear()
    with sqlite3.connect(folder / "home" / "scicot.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (folder / "rows.jsonl").write_text('{"id": "Train-0", "rationale": "x", "output": "A"}\n')
    return folder


def a_file(home: Path) -> None:
    shutil.rmtree(home)
    home.write_text("no folder")


def no_bytes(home: Path) -> None:
    (home / "scicot.db").write_bytes(b"")


def no_database(home: Path) -> None:
    (home / "scicot.db").write_bytes(b"Dear database, " * 999)


def a_damaged_page(home: Path) -> None:
    content = bytearray((home / "scicot.db").read_bytes())
    for start in range(8192, len(content), 12288):
        content[start : start + 4096] = b"\xff" * 4096
    (home / "scicot.db").write_bytes(content)


def a_newer_schema(home: Path) -> None:
    with sqlite3.connect(home / "scicot.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


def another_program(home: Path) -> None:
    (home / "scicot.db").unlink()
    with sqlite3.connect(home / "scicot.db") as database:
        database.execute("CREATE TABLE letter (text)")


def an_account_that_is_none(home: Path) -> None:
    os.environ["SCICOT_HOME"] = "~nouser/scicot"


def a_setting_that_is_none(home: Path) -> None:
    os.environ["SCICOT_TRAINING_SLOTS"] = SECRET


def a_url_that_is_none(home: Path) -> None:
    os.environ["SCICOT_DATABASE_URL"] = f"nonsense {SECRET}"


def a_server_that_is_not_there(home: Path) -> None:
    os.environ["SCICOT_DATABASE_URL"] = f"postgresql+psycopg://ada:{SECRET}@127.0.0.1:1/x"


HOMES = (
    *(a_file, no_bytes, no_database, a_damaged_page, a_newer_schema, another_program),
    *(an_account_that_is_none, a_setting_that_is_none, a_url_that_is_none),
    a_server_that_is_not_there,
)


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for a command's home and files; what it sets in the environment is taken back."""
    for name in ("SCICOT_TRAINING_SLOTS", "SCICOT_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SCICOT_LAUNCHER", "none")
    monkeypatch.chdir(tmp_path)  # a value may well be the name of a new file
    shutil.copy(made / "rows.jsonl", tmp_path)
    yield tmp_path
    for name in ("SCICOT_TRAINING_SLOTS", "SCICOT_DATABASE_URL"):
        os.environ.pop(name, None)


@pytest.mark.sqlite
@pytest.mark.parametrize("spoil", HOMES, ids=lambda spoil: spoil.__name__)
def test_no_command_does_anything_in_a_home_that_it_cannot_use(
    spoil: object, made: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ATTACKED:
        home = place / "home"
        shutil.rmtree(home) if home.is_dir() else home.unlink(missing_ok=True)
        shutil.copytree(made / "home", home)
        monkeypatch.setenv("SCICOT_HOME", str(home))
        spoil(home)  # type: ignore[operator]
        said = call(*words, *plain_words(commands()[words], place / "rows.jsonl"))
        told = f"{words}: {said}"
        assert not NOT_FOR_PEOPLE.search(said.out + said.err), told
        assert SECRET not in said.out + said.err, told
        if words in NO_HOME and spoil is not a_setting_that_is_none:
            assert said.code == 0, told
        elif words[0] == "restore":
            assert said.code == 1, told  # the file it is given is no backup
        elif said.code == 1:
            assert ID.search(said.sentence) or words == ("doctor",), told
        else:
            assert said.code == 2, told  # `compare` asks for more before it looks


# every parameter with every value takes a minute: each meets so many of them, in turn
EACH = int(os.environ.get("TEST_EACH", "2"))
HOSTILE = {
    "bytes that are no text": "\udcff\udcfe",
    "half an emoji": "\ud83d",
    "a number that no table holds": "9" * 4000,
    "a number just too large": str(2**63),
    "a long name": "x" * 5000,
    "orders to the terminal": "\x1b[2J\x1b]0;x\x07",
    "what never ends": "/dev/zero",
    "a pipe that nobody writes to": "{place}/pipe",
    "a folder": "{place}",
    "nothing": "",
}


@pytest.mark.parametrize("value", HOSTILE)
def test_no_command_stumbles_over_an_argument(
    value: str, made: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(place / "pipe")
    shutil.copytree(made / "home", place / "home")
    monkeypatch.setenv("SCICOT_HOME", str(place / "home"))
    turn = list(HOSTILE).index(value)
    hostile = HOSTILE[value].format(place=place)
    given = [
        (words, parameter.name)
        for words in ATTACKED
        for parameter in commands()[words].params
        if not getattr(parameter, "is_flag", False) and parameter.name != "help"
    ]
    for number, (words, name) in enumerate(given):
        if (number - turn) % len(HOSTILE) >= EACH:
            continue
        typed = plain_words(commands()[words], place / "rows.jsonl", **{name: hostile})
        said = call(*words, *typed)
        told = f"{words} {name}: {said}"
        assert not NOT_FOR_PEOPLE.search(said.out + said.err), told
        assert said.code in (0, 1, 2), told
        assert "\x1b" not in said.out + said.err, told
        if said.code == 1 and words != ("doctor",):
            assert ID.search(said.sentence), told
    assert len(given) > 150


def test_a_reader_that_has_seen_enough_ends_a_command_in_silence() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scicot", "checks", "list"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as listed:
        assert listed.stdout is not None
        assert listed.stderr is not None
        listed.stdout.close()  # as `| head` does
        assert listed.stderr.read() == ""


INTERRUPTED = """
import os, runpy, signal, sys, threading
{before}
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it may be ignored
os.execv = lambda *_: signal.pause()  # what `app` would become
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
sys.argv = ["scicot", "app", "--no-open"]
runpy.run_module("scicot", run_name="__main__")
"""


@pytest.mark.parametrize("before", ["", "import scicot.cli.main"], ids=["loading", "at work"])
def test_ctrl_c_ends_a_command_without_a_traceback(before: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(before=before)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode in (1, 130), ended
    assert "Traceback" not in ended.stderr
