"""One process works in a folder, also where its disk has no locks."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from scicot.adapters import folder_locks
from scicot.adapters.folder_locks import locked_folder
from scicot.words.errors import Conflict, StorageError


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EACCES])
def test_a_lock_that_another_has_is_a_conflict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse(monkeypatch, number)
    with pytest.raises(Conflict, match="Another process works in"), locked_folder(tmp_path):
        pass


def test_what_a_disk_refuses_otherwise_is_told_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, errno.EIO)
    with pytest.raises(StorageError, match="input/output error"), locked_folder(tmp_path):
        pass


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP])
def test_where_a_disk_has_no_locks_a_file_stands_for_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    number: int,
) -> None:
    refuse(monkeypatch, number)
    with locked_folder(tmp_path) as has_locks:
        assert not has_locks
        with pytest.raises(Conflict, match=f"process {os.getpid()}"), locked_folder(tmp_path):
            pass
    assert "has no locks (flock: " in caplog.text
    with locked_folder(tmp_path) as has_locks:
        assert not has_locks


def test_a_holder_of_this_machine_that_is_gone_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, errno.ENOSYS)
    monkeypatch.setattr(folder_locks, "SILENT_SECONDS", 1000.0)
    code = (
        "import fcntl, os, pathlib, sys\n"
        "def flock(*_): raise OSError(38, 'none')\n"
        "fcntl.flock = flock\n"
        "from scicot.adapters.folder_locks import locked_folder\n"
        "with locked_folder(pathlib.Path(sys.argv[1])): os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert (tmp_path / "lock.holder").exists()
    with locked_folder(tmp_path):
        pass


def test_a_holder_of_another_machine_holds_while_it_beats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, errno.ENOSYS)
    monkeypatch.setattr(folder_locks, "LOOK_SECONDS", 0.05)
    file, over = tmp_path / "lock.holder", threading.Event()
    there = {"host": "another", "pid": 1, "started": psutil.boot_time(), "token": "theirs"}
    file.write_text(json.dumps(there))

    def beat() -> None:
        beats = 0
        while not over.wait(0.05):
            beats += 1
            file.with_name("new").write_text(json.dumps(there | {"beats": beats}))
            file.with_name("new").replace(file)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        with pytest.raises(Conflict, match="another, process 1"), locked_folder(tmp_path):
            pass
    finally:
        over.set()
        thread.join()
    monkeypatch.setattr(folder_locks, "SILENT_SECONDS", 0.3)
    with locked_folder(tmp_path):
        assert json.loads(file.read_text())["token"] != "theirs"
    assert not file.exists()
