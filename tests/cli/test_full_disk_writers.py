"""Every writer on a disk without room: one sentence with an id, nothing half-written, nothing lost.

A table of them all; what a disk does that fills under a run is tests/services/runs/test_full_disk.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from db.copies import check_database
from scicot.adapters.error_log import write_error
from scicot.adapters.students.asking.convert import convert_student
from scicot.adapters.students.stages.checkpoints import newest_checkpoint, save_checkpoint
from scicot.adapters.students.stages.stage_files import keep_written, publish_stage
from scicot.adapters.students.tryout.kept_probes import keep_probe
from scicot.adapters.students.tryout.probe import ProbeResult
from scicot.adapters.teacher.spool import Spool
from scicot.adapters.trackers import TrackedRun, send
from scicot.services.system.failures import tell
from scicot.services.training.training import start_training
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor, Family, Tracker
from scicot.words.settings import get_settings
from tests.builders import arc_row
from tests.cli.attacked import call
from tests.services.training_line import prepare, tiny_config, train
from tests.small_disk import fill, small_disk
from tests.tiny_students import build_tiny_t5

# what is there without holding anything: a folder to work in, SQLite's own files
EMPTY = {"scicot.db-wal", "scicot.db-shm", "logs", "backups", "w", "lock"}
ID = re.compile(r"\(error [0-9a-f]{8}\)")
SAYS_FULL = re.compile("full|room")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that is written from: a home with a trained run, files, a parcel."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCICOT_HOME", str(folder / "home"))
        patch.setenv("SCICOT_LAUNCHER", "none")
        patch.setenv("SCICOT_THREADS", "1")
        get_settings.cache_clear()
        student = build_tiny_t5(folder / "student")
        with open_workspace() as session:
            prepare(session, folder / "data", train=4, validation=0, test=2)
            train(session, get_settings(), tiny_config("finetune", student, epochs=1))
            for seed in (1, 2):  # they wait to be packed
                config = tiny_config("finetune", student, epochs=1, seed=seed)
                start_training(session, get_settings(), Actor("Ada"), config)
        rows = "".join(f"{json.dumps(arc_row(n, 'New'))}\n" for n in range(600))
        (folder / "rows.jsonl").write_text(rows)
        (folder / "rows.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
        for words in (
            ("backup", str(folder / "backup.db")),
            ("review", "export", str(folder / "review.jsonl"), "--dataset", "demo"),
            ("runs", "pack", "2", str(folder / "run.tar")),
        ):
            assert call(*words).code == 0, words
    get_settings.cache_clear()
    return folder


# what is written to a path that is named
TO_A_FILE = {
    "a backup": "backup {disk}/b.db",
    "a backup of a series": "backup {disk} --keep 2",
    "decisions": "review export {disk}/r.jsonl --dataset demo",
    "rationales": "export rationales {disk}/r.jsonl --dataset demo",
    "a spreadsheet": "export rationales {disk}/r.csv --dataset demo",
    "a dataset": "export dataset {disk}/d --dataset demo",
    "predictions": "export predictions 1 {disk}/p.jsonl",
    "a student": "export student 1 {disk}/s",
    "a report": "report --out {disk}/r.html",
    "work on a parcel": "work {made}/run.tar --folder {disk}/w",
    "a parcel": "runs pack 3 {disk}/p.tar",
}
# what is written to the home, which lies on the disk
TO_THE_HOME = {
    "a row": "prices set demo --input-usd 1 --output-usd 1 --as-of 2026-01-01",
    "a name": "datasets rename demo other",
    "an import": "import questions {made}/rows.jsonl --dataset new --split train",
    "decisions that come back": "review import {made}/review.jsonl",
    "a restored database": "restore {made}/backup.db",
    "its own backup": "backup",
}
# what needs a place for the time being
TO_THE_TEMPORARY_FOLDER = {
    "rows laid aside": "import questions {made}/rows.jsonl --dataset new --split train",
    "an unpacked file": "import questions {made}/rows.jsonl.gz --dataset new --split train",
    "a rehearsal": "doctor --rehearse",
    "the demonstration": "demo",
}
WRITERS = [
    *[("file", name) for name in TO_A_FILE],
    *[("home", name) for name in TO_THE_HOME],
    *[("temporary", name) for name in TO_THE_TEMPORARY_FOLDER],
]


@pytest.mark.parametrize(("where", "what"), WRITERS)
def test_a_command_on_a_full_disk_says_so_and_succeeds_with_room(
    where: str, what: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = {**TO_A_FILE, **TO_THE_HOME, **TO_THE_TEMPORARY_FOLDER}[what]
    home = tmp_path / "own"
    with small_disk(tmp_path / "disk", megabytes=24) as disk:
        if where == "home":
            home = disk / "home"
        if what != "the demonstration":
            shutil.copytree(made / "home", home)
        monkeypatch.setenv("SCICOT_HOME", str(home))
        monkeypatch.setenv("SCICOT_LAUNCHER", "none")
        if where == "temporary":
            monkeypatch.setattr("tempfile.tempdir", str(disk))
        words = line.format(disk=disk, made=made).split()
        filler = fill(disk)
        before = set(disk.rglob("*"))
        said = call(*words)
        assert said.code == 1, said.out + said.err
        assert "Traceback" not in said.out + said.err
        if what != "a rehearsal":  # one of many findings
            assert SAYS_FULL.search(said.sentence), said.err
            assert ID.search(said.sentence), said.err
        left = {path for path in set(disk.rglob("*")) - before if path.suffix != ".log"}
        assert {path.name for path in left} <= EMPTY
        filler.unlink()
        if home.exists():
            check_database(home / "scicot.db")
        again = call(*words)
        assert again.code == 0, again.err


def _checkpoint(disk: Path, made: Path) -> None:
    tensors = {"model": {"weight": torch.zeros(400_000)}}
    save_checkpoint(disk / "work", 2, {"stage": "s"}, tensors)


def _converted(disk: Path, made: Path) -> None:
    assert convert_student(made / "student", disk / "ct2", Family.ENCODER_DECODER) is None


def _stage(disk: Path, made: Path) -> None:
    (disk / "prepared").mkdir(exist_ok=True)
    shutil.copytree(made / "student", disk / "prepared" / "model", dirs_exist_ok=True)
    publish_stage(disk / "prepared", disk / "stage", {})


def _written(disk: Path, made: Path) -> None:
    keep_written(disk, "key", ["text" * 999] * 99)


def _probe(disk: Path, made: Path) -> None:
    fields = dict.fromkeys(ProbeResult.__dataclass_fields__, 1)
    keep_probe(disk / "probe.json", ProbeResult(**fields))  # type: ignore[arg-type]


def _spooled(disk: Path, made: Path) -> None:
    Spool(disk / "spool.jsonl").append([{"body": "x" * 9999}])


def _tensorboard(disk: Path, made: Path) -> None:
    now = datetime.now(UTC)
    points = [(now, step, "stage/loss", 0.5) for step in range(999)]
    send(Tracker.TENSORBOARD, TrackedRun(1, "run", now, {}, points, {}), disk)


@pytest.mark.parametrize(
    "writer",
    [_checkpoint, _converted, _stage, _written, _probe, _spooled, _tensorboard],
    ids=lambda writer: writer.__name__[1:],
)
def test_a_part_of_a_run_on_a_full_disk_says_so_and_leaves_nothing_half_written(
    writer: Callable[[Path, Path], Any], made: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", megabytes=24) as disk:
        tensors = {"model": {"weight": torch.ones(9)}}
        save_checkpoint(disk / "work", 1, {"stage": "s"}, tensors)
        Spool(disk / "spool.jsonl").append([{"body": "earlier"}])
        filler = fill(disk)
        before = _files(disk)
        assert SAYS_FULL.search(_sentence_of(writer, disk, made))
        assert _files(disk) == before
        filler.unlink()
        checkpoint = newest_checkpoint(disk / "work", "s")
        assert checkpoint is not None
        assert checkpoint.step == 1
        writer(disk, made)
        assert Spool(disk / "spool.jsonl").read()[0] == {"body": "earlier"}


def _sentence_of(writer: Callable[[Path, Path], Any], disk: Path, made: Path) -> str:
    try:
        writer(disk, made)
    except Exception as error:  # whatever the library that writes has for it
        return tell(error).sentence
    raise AssertionError("the full disk took it")


def _files(disk: Path) -> dict[Path, int]:
    return {
        path: path.stat().st_size
        for path in disk.rglob("*")
        if path.is_file() and "prepared" not in path.parts
    }


def test_an_error_that_no_log_takes_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        fill(disk)
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        monkeypatch.setenv("SCICOT_HOME", str(disk / "home"))
        get_settings.cache_clear()
        assert write_error(disk / "home", "0" * 8, ValueError("x")) is None
        assert "no log could be written" in tell(ValueError("x")).sentence
        # where every place for temporary files is on that disk, none is to be had
        monkeypatch.setattr("tempfile.tempdir", None)
        monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: [str(disk)])
        assert "no log could be written" in tell(ValueError("x")).sentence
    assert os.path.ismount(tmp_path / "disk") is False


def test_no_log_is_written_where_somebody_else_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = tmp_path / f"scicot-errors-{os.getuid()}.log"
    os.mkfifo(path)
    assert write_error(None, "0" * 8, ValueError("x")) is None  # and it did not wait for a reader
    path.unlink()
    if os.getuid() == 0:
        path.touch()
        os.chown(path, 65534, 65534)
        assert write_error(None, "0" * 8, ValueError("x")) is None
        assert path.read_bytes() == b""


def test_a_key_that_a_librarys_error_repeats_is_not_logged(tmp_path: Path) -> None:
    try:
        try:
            raise ConnectionError("401: your key sk-0123456789 is wrong")
        except ConnectionError as cause:
            raise ValueError("in our words") from cause
    except ValueError as error:
        path = write_error(tmp_path, "0" * 8, error, ["sk-0123456789"])
    assert path is not None
    assert "[key hidden] is wrong" in path.read_text()
    assert "sk-0123456789" not in path.read_text()
