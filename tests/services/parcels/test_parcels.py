"""A packed run is trained elsewhere and comes back equal to the one trained here."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from db.models import StageRow
from db.session import write
from scicot.adapters import parcel_files
from scicot.adapters.artifacts import log_path
from scicot.adapters.parcel_files import MANIFEST, open_parcel, write_parcel
from scicot.adapters.parcel_news import result_path
from scicot.cli.handlers import HANDLERS
from scicot.services.launching.launches import read_run_log
from scicot.services.parcels import take_in as take_in_room
from scicot.services.parcels.take_in import TakenIn, take_in
from scicot.services.parcels.work import work_parcel
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.context import RunContext
from scicot.services.runs.parts import list_parts
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import get_run, list_metrics, read_log
from scicot.services.students.watcher import RunWatcher
from scicot.services.workspace import Workspace
from scicot.words.errors import Conflict, InvalidParcel, StorageError, StorageFull
from scicot.words.records import Actor, RunStatus
from scicot.words.settings import Settings
from tests.services.parcels.carrying import ADA, carry_out, weights
from tests.services.training_line import tiny_config, train


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
