"""A packed run is trained elsewhere and comes back equal to the one trained here."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import json
import logging
import re
import shutil
import sqlite3
import tarfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import DuplicateRow, PredictionRow, QuestionRow, RunRow, RunStageRow, StageRow
from db.session import open_session, write
from scicot.adapters import parcel_files
from scicot.adapters.artifacts import log_path
from scicot.adapters.parcel_files import MANIFEST, open_parcel, read_manifest, write_parcel
from scicot.adapters.parcel_news import result_path
from scicot.adapters.students.stages.stage_files import stage_folder
from scicot.cli.handlers import HANDLERS
from scicot.services.launching.launches import read_run_log
from scicot.services.parcels import pack
from scicot.services.parcels import take_in as take_in_room
from scicot.services.parcels.pack import describe, is_same_run, pack_run
from scicot.services.parcels.take_in import TakenIn, take_in
from scicot.services.parcels.work import Worked, work_parcel
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.context import RunContext
from scicot.services.runs.parts import list_parts
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import get_run, list_metrics, read_log
from scicot.services.runs.steering import request_cancel, start_here
from scicot.services.runs.worker import run_worker
from scicot.services.students.watcher import RunWatcher
from scicot.services.training.training import start_training
from scicot.services.upkeep import labels
from scicot.services.workspace import Workspace
from scicot.words.errors import Conflict, InvalidParcel, RunNotInState, StorageError, StorageFull
from scicot.words.records import Actor, RunStatus, Split
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.services.runs.test_runs import NotingLauncher
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")


@pytest.fixture
def tiny_t5(tmp_path: Path) -> Path:
    return build_tiny_t5(tmp_path / "tiny-t5")


@pytest.fixture
def run_id(session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path) -> int:
    """A run that waits, with questions, a snapshot, and one question that stands in test too."""
    questions = prepare(session, tmp_path / "data")
    with write(session):
        first, second = questions[Split.TRAIN][0].id, questions[Split.TEST][0].id
        session.add(DuplicateRow(first_id=first, second_id=second, similarity=1.0))
    return start_training(session, settings, ADA, tiny_config("sci_cot", tiny_t5))


@pytest.fixture
def parcel(session: Session, settings: Settings, run_id: int, tmp_path: Path) -> Path:
    """The run, packed and carried to a folder where nothing of this workspace is."""
    pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    return Path(shutil.move(tmp_path / "run.tar", elsewhere / "run.tar"))


def carry_out(parcel: Path) -> Worked:
    """Work as on a machine with no database and no student of its own."""
    return work_parcel(parcel, Settings(home=parcel.parent / "nobody"), HANDLERS)


def weights(settings: Settings, session: Session, run_id: int) -> dict[str, dict[str, bytes]]:
    rows = session.execute(
        select(RunStageRow.role, StageRow.hash)
        .join(StageRow, StageRow.id == RunStageRow.stage_id)
        .where(RunStageRow.run_id == run_id)
    )
    return {
        role: {
            file.name: file.read_bytes()
            for file in sorted((stage_folder(settings, digest) / "model").iterdir())
        }
        for role, digest in rows
    }


def test_a_packed_run_comes_back_equal_to_the_local_one_bit_for_bit(
    session: Session,
    settings: Settings,
    run_id: int,
    parcel: Path,
    tiny_t5: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    assert list_queue(session) == []  # nothing here starts a packed run
    shutil.move(tiny_t5, tiny_t5.with_name("away"))  # the student travelled along
    worked = carry_out(parcel)
    assert worked.status is RunStatus.DONE, worked.error
    shutil.move(tiny_t5.with_name("away"), tiny_t5)
    taken = take_in(session, settings, ADA, Path(str(worked.result)))
    assert taken == TakenIn(run_id, stages=2, predictions=4, already_there=False)
    session.rollback()
    run = get_run(session, run_id)
    assert run.status is RunStatus.DONE
    assert "Saving the student." in read_log(session, settings, run_id)
    far = weights(settings, session, run_id)
    shutil.rmtree(settings.artifacts_folder / "stages")
    (settings.artifacts_folder / "stages").mkdir()  # else it counts as away
    with write(session):  # so that the local run trains everything itself
        session.execute(update(StageRow).values(hash="x" + func.substr(StageRow.hash, 2)))
    here = train(session, settings, tiny_config("sci_cot", tiny_t5))
    assert weights(settings, session, here.id) == far
    assert set(far) == {"rationale", "answer"}
    assert list_predictions(session, here.id) == list_predictions(session, run_id)
    assert here.result["metrics"] == run.result["metrics"]
    losses = [
        [(point.stage, point.step, point.value) for point in list_metrics(session, one, "loss")]
        for one in (run_id, here.id)
    ]
    assert losses[0] == losses[1] != []
    assert [part.name for part in list_parts(session, run_id)] == [
        part.name for part in list_parts(session, here.id)
    ]


def test_twice_is_once(session: Session, settings: Settings, run_id: int, parcel: Path) -> None:
    result = Path(str(carry_out(parcel).result))
    take_in(session, settings, ADA, result)
    before = list_predictions(session, run_id)
    assert take_in(session, settings, ADA, result) == TakenIn(run_id, 2, 4, already_there=True)
    assert carry_out(parcel).result == str(result)  # working again trains nothing
    assert take_in(session, settings, ADA, result).already_there
    assert list_predictions(session, run_id) == before


def test_a_result_that_lacks_a_stage_leaves_none_of_the_others(
    session: Session, settings: Settings, run_id: int, parcel: Path, tmp_path: Path
) -> None:
    result, opened = Path(str(carry_out(parcel).result)), tmp_path / "opened"
    manifest = open_parcel(result, opened)
    stages = [json.loads(line) for line in (opened / "rows/stage.jsonl").read_text().splitlines()]
    shutil.rmtree(opened / "stages" / stages[-1]["hash"])
    (opened / MANIFEST).unlink()
    write_parcel(opened, result, {key: manifest[key] for key in manifest if key != "files"})
    with pytest.raises(InvalidParcel, match="The result lacks stage"):
        take_in(session, settings, ADA, result)
    assert not (settings.artifacts_folder / "stages").exists()
    assert get_run(session, run_id).status is RunStatus.QUEUED


def test_what_failed_after_the_rows_were_stored_is_done_the_second_time(
    session: Session,
    settings: Settings,
    run_id: int,
    parcel: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    result = Path(str(carry_out(parcel).result))
    offered: list[str] = []

    def refuse(_settings: Settings, _hash: str) -> None:
        raise StorageError("The store is away.")

    monkeypatch.setattr(take_in_room, "offer_stage", refuse)
    with pytest.raises(StorageError, match="The store is away"):
        take_in(session, settings, ADA, result)
    log_path(settings, run_id).unlink(missing_ok=True)
    monkeypatch.setattr(take_in_room, "offer_stage", lambda _settings, name: offered.append(name))
    assert take_in(session, settings, ADA, result).already_there
    assert len(offered) == 2
    assert "Saving the student." in read_log(session, settings, run_id)


def test_two_who_take_a_result_in_at_once_store_it_once(
    session: Session,
    settings: Settings,
    run_id: int,
    parcel: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = Path(str(carry_out(parcel).result))
    store = take_in_room._store

    def be_second(*parts: Any) -> bool:
        monkeypatch.setattr(take_in_room, "_store", store)
        with Workspace(settings, None) as other:
            assert not take_in(other, settings, Actor("Grace"), result).already_there
        return store(*parts)

    monkeypatch.setattr(take_in_room, "_store", be_second)
    assert take_in(session, settings, ADA, result).already_there
    session.rollback()
    assert get_run(session, run_id).message == "Done elsewhere; taken in by Grace."
    assert set(weights(settings, session, run_id)) == {"rationale", "answer"}


def test_a_parcel_that_the_disk_has_no_room_for_is_not_unpacked(
    session: Session, settings: Settings, parcel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = Path(str(carry_out(parcel).result))
    monkeypatch.setattr(parcel_files, "free_bytes", lambda _folder: 1000)
    with pytest.raises(StorageFull, match="The disk is full"):
        take_in(session, settings, ADA, result)


def test_work_that_was_stopped_goes_on_from_what_is_complete(
    parcel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = RunWatcher.step

    def stop_in_stage_2(self: RunWatcher, *others: Any) -> None:
        if self.role == "answer":
            raise OSError(28, "No space left on device")
        original(self, *others)

    with monkeypatch.context() as patch:
        patch.setattr(RunWatcher, "step", stop_in_stage_2)
        stopped = carry_out(parcel)
    assert (stopped.status, stopped.result) == (RunStatus.FAILED, None)
    assert "The disk is full" in str(stopped.error)
    assert carry_out(parcel).status is RunStatus.DONE
    lines = (parcel.parent / "run.work" / "progress.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["status"] for event in events if "status" in event] == ["failed", "done"]
    trained = [
        point["step"]
        for event in events
        for point in event.get("metrics", ())
        if (point["stage"], point["name"]) == ("rationale", "loss")
    ]
    assert sorted(trained) == sorted(set(trained)) != []  # stage 1 was trained once


def test_work_on_a_disk_without_locks_is_done_as_elsewhere(
    session: Session,
    settings: Settings,
    run_id: int,
    parcel: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def flock(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    assert carry_out(parcel).status is RunStatus.DONE
    database = next((parcel.parent / "run.work").rglob("scicot.db"))
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    take_in(session, settings, ADA, result_path(parcel))
    assert get_run(session, run_id).status is RunStatus.DONE


def test_the_workers_log_comes_home_behind_the_runs_own_and_once(
    session: Session,
    settings: Settings,
    run_id: int,
    parcel: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = log_path(settings, run_id)
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("an attempt of before")

    def warn(_context: RunContext) -> dict[str, Any]:
        logging.getLogger("tests").warning("a sum has no fixed order")
        return {}

    work_parcel(parcel, Settings(home=parcel.parent / "nobody"), dict.fromkeys(HANDLERS, warn))
    assert read_run_log(session, settings, run_id) == "an attempt of before"
    for _ in range(2):
        take_in(session, settings, ADA, result_path(parcel))
        lines = read_run_log(session, settings, run_id).splitlines()
        assert lines[0] == "an attempt of before"
        assert re.fullmatch(
            r"--- log of the worker on \S+, from run.result.tar, [0-9a-f]{8} ---", lines[1]
        )
        assert [line for line in lines if "a sum has no fixed order" in line] == [lines[2]]


def test_two_do_not_work_in_one_folder(parcel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def second(_context: RunContext) -> dict[str, Any]:
        with pytest.raises(Conflict, match="Another process works in") as refused:
            carry_out(parcel)
        seen.append(str(refused.value))
        return {}

    work_parcel(parcel, Settings(home=parcel.parent / "nobody"), dict.fromkeys(HANDLERS, second))
    assert len(seen) == 1


def repack(path: Path, name: str, content: bytes | None, link: str = "") -> None:
    """Change a parcel's tar by hand: one more member, or another content for one."""
    with tarfile.open(path) as tar:
        members = {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}  # type: ignore[union-attr]
    if content is not None:
        members[name] = content
    with tarfile.open(path, "w") as tar:
        for key, data in members.items():
            info = tarfile.TarInfo(key)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        if link:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, link
            tar.addfile(info)


def changed_manifest(path: Path, **values: Any) -> bytes:
    return json.dumps(read_manifest(path) | values).encode()


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt", "rows/../../outside.txt"])
def test_paths_that_leave_the_folder_are_refused(parcel: Path, name: str) -> None:
    repack(parcel, name, b"hello")
    with pytest.raises(InvalidParcel, match="no plain file inside the parcel"):
        carry_out(parcel)
    assert not (parcel.parent / "outside.txt").exists()
    assert not (parcel.parent / "run.work" / "parcel").exists()


@pytest.mark.parametrize("name", ["rows/more.jsonl", "rows/run.jsonl", "rows", "x" * 1000])
def test_what_was_not_packed_is_refused_before_anything_is_unpacked(
    parcel: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tarfile.open(parcel, "a") as tar:
        strange = tarfile.TarInfo(name)
        strange.type = tarfile.DIRTYPE if name == "rows" else tarfile.REGTYPE
        tar.addfile(strange)

    def unpack(*_: Any, **__: Any) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr(tarfile.TarFile, "extractall", unpack)
    with pytest.raises(InvalidParcel, match=f"'{name[:200]}' is not what was packed"):
        carry_out(parcel)


def test_links_are_refused(parcel: Path) -> None:
    repack(parcel, "rows/passwords", None, link="/etc/passwd")
    with pytest.raises(InvalidParcel, match="no plain file inside the parcel"):
        carry_out(parcel)


def test_a_damaged_parcel_is_refused(parcel: Path, tmp_path: Path) -> None:
    whole = parcel.read_bytes()
    parcel.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidParcel, match=r"run\.tar"):
        carry_out(parcel)
    parcel.write_bytes(whole)
    repack(parcel, "rows/question.jsonl", b"{}\n")
    with pytest.raises(InvalidParcel, match=r"'rows/question\.jsonl' is not what was packed"):
        carry_out(parcel)
    (tmp_path / "letter.tar").write_text("Dear parcel, " * 100)
    with pytest.raises(InvalidParcel, match="is no parcel"):
        work_parcel(tmp_path / "letter.tar", Settings(home=tmp_path / "nobody"), HANDLERS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows/run.jsonl", b""),
        *((f"rows/{kind}.jsonl", b"5\n") for kind in ("run", "question")),
        ("rows/question.jsonl", b'{"id": "one"}\n'),
        ("rows/question.jsonl", b'{"colour": 1}\n'),
        ("rows/question.jsonl", b'{"id": 1}\n'),
        ("rows/run.jsonl", b'{"id": 1, "created_at": "yesterday"}\n'),
        ("rows/run.jsonl", b"[" * 100_000),
    ],
)
def test_rows_that_no_table_takes_are_refused_with_their_file(
    parcel: Path, name: str, content: bytes
) -> None:
    hashes = read_manifest(parcel)["files"] | {name: hashlib.sha256(content).hexdigest()}
    manifest = changed_manifest(parcel, files=hashes)
    repack(parcel, name, content)
    repack(parcel, "manifest.json", manifest)
    with pytest.raises(InvalidParcel, match="Pack the run again"):
        carry_out(parcel)


@pytest.mark.parametrize("run", [None, 5, {"id": "x", "name": "y"}, {"id": 1}])
def test_a_parcel_that_names_no_run_is_none(parcel: Path, run: object) -> None:
    repack(parcel, "manifest.json", changed_manifest(parcel, run=run))
    with pytest.raises(InvalidParcel, match="no parcel of Sci-CoT"):
        carry_out(parcel)


def test_a_file_that_unpacks_to_any_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sparse.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        content = json.dumps({"format": 1, "files": {}, "run": {"id": 1, "name": "x"}}).encode()
        info = tarfile.TarInfo("manifest.json")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
        info = tarfile.TarInfo("rows/run.jsonl")
        head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
        head[156:157] = tarfile.GNUTYPE_SPARSE
        head[483:495] = b"%011o\0" % (8 << 30)  # the size that it unpacks to
        head[148:156] = b" " * 8
        head[148:156] = b"%06o\0 " % sum(head)
        tar.fileobj.write(bytes(head))
    assert path.stat().st_size < 20_000
    with pytest.raises(InvalidParcel, match="no plain file inside the parcel"):
        open_parcel(path, tmp_path / "opened")


def test_another_engine_is_refused(parcel: Path) -> None:
    repack(parcel, "manifest.json", changed_manifest(parcel, engine="0"))
    with pytest.raises(InvalidParcel, match="was made by engine 0"):
        carry_out(parcel)


def test_a_result_is_not_worked_on_and_a_parcel_not_taken_in(
    session: Session, settings: Settings, parcel: Path
) -> None:
    with pytest.raises(InvalidParcel, match="holds no result"):
        take_in(session, settings, ADA, parcel)
    repack(parcel, "manifest.json", changed_manifest(parcel, kind="result"))
    with pytest.raises(InvalidParcel, match="holds no run"):
        carry_out(parcel)


def test_a_result_is_taken_in_whatever_is_called_otherwise_or_archived_by_then(
    session: Session, settings: Settings, run_id: int, parcel: Path
) -> None:
    nothing = dict.fromkeys(HANDLERS, lambda _context: {"metrics": {"accuracy": 0.5}})
    worked = work_parcel(parcel, Settings(home=parcel.parent / "nobody"), nothing)
    labels.rename_run(session, ADA, run_id, "called otherwise")
    labels.rename_dataset(session, ADA, "demo", "renamed")
    labels.rename_snapshot(session, ADA, "approved", "agreed")
    labels.archive_run(session, ADA, run_id)
    labels.archive_dataset(session, ADA, "renamed")
    labels.archive_snapshot(session, ADA, "agreed")
    assert not take_in(session, settings, ADA, Path(str(worked.result))).already_there
    run = get_run(session, run_id)
    assert (run.status, run.name, run.dataset) == (RunStatus.DONE, "called otherwise", "renamed")


def test_a_result_of_a_parcel_from_before_is_known_by_its_settings_hash(
    session: Session, settings: Settings, run_id: int, parcel: Path
) -> None:
    here = describe(session, get_run(session, run_id))["run"]
    before = {name: value for name, value in here.items() if name != "settings"}
    assert is_same_run(here, before)
    assert not is_same_run(here, before | {"config_hash": "another"})
    assert not is_same_run(here, here | {"settings": "another"})


def test_what_does_not_fit_is_refused_and_changes_nothing(
    session: Session,
    settings: Settings,
    run_id: int,
    parcel: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = Path(str(carry_out(parcel).result))
    foreign = Settings(home=tmp_path / "other", database_url=f"sqlite:///{tmp_path / 'other.db'}")
    with (
        Workspace(foreign, None) as other,
        pytest.raises(InvalidParcel, match="of another workspace"),
    ):
        take_in(other, foreign, ADA, result)
    with write(session):
        session.execute(update(QuestionRow).values(content_hash="changed"))
    with pytest.raises(InvalidParcel, match=r"The questions of run \d+ changed"):
        take_in(session, settings, ADA, result)

    def burst(*_: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        "scicot.services.parcels.take_in._find_run", lambda *_: get_run(session, run_id)
    )
    monkeypatch.setattr("scicot.services.parcels.take_in._store", burst)
    with pytest.raises(OSError, match="No space"):
        take_in(session, settings, ADA, result)
    session.rollback()
    assert get_run(session, run_id).status is RunStatus.QUEUED
    assert session.scalars(select(PredictionRow)).all() == []
    assert list((settings.artifacts_folder / "stages").iterdir()) == []


def test_a_done_run_and_one_that_trains_nothing_are_not_packed(
    session: Session, settings: Settings, run_id: int, tmp_path: Path
) -> None:
    with open_session(settings.resolved_database_url) as other:
        run_worker(run_id, settings, dict.fromkeys(HANDLERS, lambda _context: {}))
        assert get_run(other, run_id).status is RunStatus.DONE
    session.rollback()
    with pytest.raises(RunNotInState, match="is done; pack one that waits"):
        pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert not (tmp_path / "run.tar").exists()


def test_who_tends_does_not_start_a_run_that_is_being_packed(
    session: Session,
    settings: Settings,
    run_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    launcher = NotingLauncher()

    def tend_meanwhile(*parts: Any) -> int:
        with Workspace(settings, launcher) as other:
            other.tend()
        return write_parcel(*parts)

    monkeypatch.setattr(pack, "write_parcel", tend_meanwhile)
    pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert launcher.run_ids == []
    with write(session):
        session.get_one(RunRow, run_id).status = RunStatus.FAILED
    pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert launcher.run_ids == []
    run = get_run(session, run_id)
    assert (run.status, run.launcher) == (RunStatus.QUEUED, "parcel")


def test_a_run_that_was_started_a_moment_ago_is_not_packed(
    session: Session,
    settings: Settings,
    run_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    launcher = NotingLauncher()

    def tend_afterwards(reader: Session, number: int) -> RunView:
        run = get_run(reader, number)
        reader.commit()
        with Workspace(settings, launcher) as other:
            other.tend()
        return run

    monkeypatch.setattr(pack, "get_run", tend_afterwards)
    with pytest.raises(RunNotInState, match=f"Run {run_id} is starting. Cancel it first"):
        pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert launcher.run_ids == [run_id]
    assert not (tmp_path / "run.tar").exists()


def test_a_run_whose_parcel_cannot_be_written_waits_here_as_before(
    session: Session, settings: Settings, run_id: int, tmp_path: Path
) -> None:
    before = get_run(session, run_id)
    with pytest.raises(InvalidParcel, match="There is no folder"):
        pack_run(session, settings, ADA, run_id, tmp_path / "absent" / "run.tar")
    assert get_run(session, run_id) == before
    assert list_queue(session) == [run_id]


def test_a_run_that_is_cancelled_while_it_is_packed_stays_cancelled(
    session: Session,
    settings: Settings,
    run_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cancel_meanwhile(*parts: Any) -> int:
        with Workspace(settings, None) as other:
            request_cancel(other, ADA, run_id)
        return write_parcel(*parts)

    monkeypatch.setattr(pack, "write_parcel", cancel_meanwhile)
    with pytest.raises(RunNotInState, match=r"do not use run\.tar"):
        pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert get_run(session, run_id).status is RunStatus.CANCELLED


def test_a_packed_run_is_taken_back_and_its_late_result_refused(
    session: Session, settings: Settings, run_id: int, parcel: Path
) -> None:
    result = Path(str(carry_out(parcel).result))
    assert start_here(session, ADA, run_id).launcher == "local"
    assert list_queue(session) == [run_id]
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    with pytest.raises(Conflict, match=f"Run {run_id} is done on this machine"):
        take_in(session, settings, ADA, result)
