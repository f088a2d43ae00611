"""Whatever the machine refuses: one sentence that says what and where, with an id the log knows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db.session import get_engine
from tests.builders import arc_row
from tests.cli.runner import ROOT, Done, run_command, run_json, run_process
from tests.small_disk import fill, small_disk

ROWS = 6000  # more than three megabytes hold
ID = re.compile(r"\(error ([0-9a-f]{8})\)")


def told(*words: str | Path, run: Callable[..., Done] = run_command) -> str:
    """Run a command that ends badly and return its sentence."""
    done = run(*words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "sqlalchemy" not in done.stderr + done.stdout
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert ID.search(line), line
    return line


# blocks smaller than SQLite's pages: the system would kill who opens the database on such a disk
@pytest.mark.parametrize(("megabytes", "block"), [(3, None), (5, 1024)])
def test_a_full_disk_rolls_an_import_back_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int, block: int | None
) -> None:
    with small_disk(tmp_path / "disk", megabytes=megabytes, block=block) as disk:
        fill_while_importing(disk, tmp_path, monkeypatch)


def fill_while_importing(disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCICOT_HOME", str(disk / "home"))
    (disk / "ballast").write_bytes(b"\0" * 200_000)  # what is thrown off to make room
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(f"{json.dumps(arc_row(n))}\n" for n in range(ROWS)))
    words = ("import", "questions", rows, "--dataset", "demo", "--split", "train")
    sentence = told(*words, run=run_process)
    assert "disk" in sentence
    assert "room" in sentence
    filler = fill(disk)
    assert "Traceback" not in run_command("doctor").stderr
    filler.unlink()
    (disk / "ballast").unlink()
    again = run_json(*words[:3], "--dataset", "few", "--split", "train", "--preview")
    assert again["rows"] == ROWS
    get_engine(f"sqlite:///{disk / 'home' / 'scicot.db'}").dispose()  # nothing holds the disk


@pytest.mark.parametrize(
    ("home", "named"),
    [
        ("file", "home"),
        ("~nouser/scicot", "SCICOT_HOME"),
        ("x" * 300, "too long"),
        ("/proc/no", ""),
    ],
)
def test_a_home_that_cannot_be_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str, named: str
) -> None:
    (tmp_path / "file").write_text("a file")
    monkeypatch.setenv("SCICOT_HOME", home if home[0] in "~/" else str(tmp_path / home))
    assert named in told("runs", "list")


def test_the_log_knows_the_error_by_its_id(tmp_path: Path) -> None:
    sentence = told("runs", "show", "7", run=run_process)
    log = tmp_path / "home" / "logs" / "errors.log"
    found = ID.search(sentence)
    assert found is not None
    assert found.group(1) in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
    assert (tmp_path / "home" / "scicot.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "url",
    ["nonsense", "postgresql+psycopg://ada:hunter2@127.0.0.1:1/x", "mysql://ada:hunter2@h/x"],
)
def test_a_database_url_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SCICOT_DATABASE_URL", url)
    for words in (("runs", "list"), ("backup",)):
        done = run_command(*words)
        assert done.returncode == 1
        assert "hunter2" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no /dev/full")
def test_an_output_that_takes_nothing_is_said() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scicot", "runs", "list", "--json"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "The disk is full" in done.stderr


def test_a_number_that_no_table_holds_is_said_to_be_too_large() -> None:
    assert "larger than any" in told("take-thinking", "9" * 23)


def test_a_name_that_is_no_text_is_said_and_a_path_like_it_is_used(tmp_path: Path) -> None:
    odd = os.fsdecode(bytes(tmp_path) + b"/\xff\xfe.db")
    assert run_json("backup", odd)["bytes"]
    assert run_json("restore", odd)["restored"] == odd
    no_text = os.fsdecode(b"\xff\xfe")
    assert "UTF-8" in told("snapshot", "create", "snap", "--dataset", no_text)
    rows = tmp_path / "rows.jsonl"
    rows.write_text("{}")
    assert "UTF-8" in told("import", "rationales", rows, "--dataset", no_text, "--source", "t")


def test_a_name_of_oneself_is_bounded_and_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("x" * 101, "\x1b[2Jada", "a\nb", os.fsdecode(b"\xff")):
        monkeypatch.setenv("SCICOT_ACTOR", name)
        assert "SCICOT_ACTOR" in told("snapshot", "create", "snap", "--dataset", "demo")


def test_a_setting_that_is_none_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCICOT_TRAINING_SLOTS", "s3cret-by-mistake")
    sentence = told("runs", "list")
    assert "SCICOT_TRAINING_SLOTS" in sentence
    assert "s3cret" not in sentence


def test_listening_where_others_can_reach_it_needs_sign_in() -> None:
    assert "SCICOT_SIGN_IN" in told("app", "--address", "0.0.0.0", "--no-open")


@pytest.mark.skipif(os.getuid() != 0, reason="only root may mount")
def test_doctor_sees_a_home_that_is_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    run_command("runs", "list")
    get_engine(f"sqlite:///{home / 'scicot.db'}").dispose()
    bound = subprocess.run(["mount", "--bind", str(home), str(home)], capture_output=True)
    if bound.returncode:
        pytest.skip("this account may not mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(home)], check=True)
        done = run_process("doctor")
        assert done.returncode == 1
        assert "Traceback" not in done.stdout + done.stderr
        assert "read-only" in done.stdout
    finally:
        subprocess.run(["umount", str(home)], check=True)


def test_the_program_says_which_it_is() -> None:
    done = run_command("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"scicot \d+\.\d+\.\d+\n", done.stdout)
