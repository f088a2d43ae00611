"""Work on a parcel that is stopped in any phase, and whose folder is away for a while."""

from __future__ import annotations

import errno
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.session import open_session
from scicot.adapters import parcel_signs
from scicot.adapters.parcel_folders import PROGRESS, open_once
from scicot.adapters.parcel_news import ALIVE, CANCEL, ask_to_stop, read_news, work_folder
from scicot.adapters.students import loading
from scicot.adapters.students.training.job import Watcher
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.cli.handlers import HANDLERS
from scicot.services.parcels import work
from scicot.services.parcels.pack import pack_run
from scicot.services.parcels.work import Worked, work_parcel
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_run, get_run
from scicot.services.runs.worker import run_worker
from scicot.services.training.training import start_training
from scicot.words.errors import DatabaseAway
from scicot.words.places import REPOSITORY
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")
WAIT = 40.0  # seconds; for what takes one, on a machine with much to do


@pytest.fixture
def parcel(session: Session, settings: Settings, tmp_path: Path) -> Path:
    prepare(session, tmp_path / "data")
    student = build_tiny_t5(tmp_path / "tiny-t5")
    config = tiny_config("one_stage", student, checkpoint_every=1, questions_per_step=4)
    run_id = start_training(session, settings, ADA, config)
    (tmp_path / "there").mkdir()
    path = tmp_path / "there" / "run.tar"
    pack_run(session, settings, ADA, run_id, path)
    return path


def until(holds: Callable[[], object]) -> None:
    give_up = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < give_up, "it did not come about"
        time.sleep(0.05)


def last_status(parcel: Path) -> str | None:
    news = read_news(parcel, 0)
    events = news.events if news else ()
    return next((str(one["status"]) for one in reversed(events) if "status" in one), None)


def test_a_parcel_that_does_not_look_up_is_ended_when_it_is_asked_to_stop(parcel: Path) -> None:
    started, left = threading.Event(), threading.Event()
    ended: list[tuple[Worked, str | None]] = []

    def load(_context: RunContext) -> Mapping[str, Any]:
        started.set()
        left.wait(WAIT)  # as a library that loads: it asks nobody
        return {}

    def leave(worked: Worked) -> None:
        ended.append((worked, last_status(parcel)))
        left.set()

    own = Settings(home=parcel.parent / "nobody")
    worker = threading.Thread(
        target=work_parcel, args=(parcel, own, {RunKind.TRAIN: load}), kwargs={"leave": leave}
    )
    worker.start()
    assert started.wait(WAIT)
    ask_to_stop(parcel)
    until(lambda: ended)
    worker.join(WAIT)
    (worked, told), *others = ended
    assert not others
    assert (worked.status, worked.result, told) == (RunStatus.CANCELLED, None, "cancelled")


def test_work_in_the_midst_of_loading_ends_when_it_is_asked_to_and_says_so(
    parcel: Path, tmp_path: Path
) -> None:
    (tmp_path / "slow" / "torch").mkdir(parents=True)
    loads = tmp_path / "loads"
    slow = f"import pathlib, time; pathlib.Path({str(loads)!r}).touch(); time.sleep({2 * WAIT})"
    (tmp_path / "slow" / "torch" / "__init__.py").write_text(slow)
    worker = subprocess.Popen(
        [sys.executable, "-m", "scicot", "work", str(parcel), "--json"],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "slow")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    until(loads.exists)
    ask_to_stop(parcel)
    said, _ = worker.communicate(timeout=WAIT)
    assert worker.returncode == 1
    assert json.loads(said.splitlines()[-1])["status"] == "cancelled"
    assert last_status(parcel) == "cancelled"


def test_a_stop_that_is_asked_for_while_a_parcel_is_unpacked_is_heeded(
    parcel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def slowly(*parts: Any) -> Path:
        ask_to_stop(parcel)
        time.sleep(2 * parcel_signs.POLL_SECONDS)  # somebody has looked meanwhile
        return open_once(*parts)

    def wait_for_it(context: RunContext) -> Mapping[str, Any]:
        context.cancel_event.wait(WAIT)
        context.check_cancelled()
        return {}

    monkeypatch.setattr(work, "open_once", slowly)
    own = Settings(home=parcel.parent / "nobody")
    assert work_parcel(parcel, own, {RunKind.TRAIN: wait_for_it}).status is RunStatus.CANCELLED


def test_a_folder_that_is_away_for_a_while_costs_neither_the_run_nor_its_news(
    parcel: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(parcel_signs, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(parcel_signs, "ALIVE_SECONDS", 0.1)
    folder, away = work_folder(parcel), parcel.parent / "away"

    def go_away(context: RunContext) -> Mapping[str, Any]:
        context.report(message="before")
        folder.rename(away)
        until(lambda: "takes no sign of life" in caplog.text)
        with pytest.raises(DatabaseAway):  # which whoever trains waits for, as for a busy one
            context.report(message="into the void")
        context.tell({"message": "meanwhile"})
        (away / ALIVE).unlink()
        away.rename(folder)
        until((folder / ALIVE).exists)
        context.report(message="after")
        return {}

    worked = work_parcel(parcel, Settings(home=parcel.parent / "nobody"), {RunKind.TRAIN: go_away})
    assert worked.status is RunStatus.DONE, worked.error
    news = read_news(parcel, 0)
    assert news is not None
    said = [event["message"] for event in news.events if "message" in event]
    assert [word for word in said if word in ("before", "meanwhile", "after")] == [
        "before",
        "meanwhile",
        "after",
    ]
    assert caplog.text.count("takes no sign of life") == 1
    assert "takes signs of life again" in caplog.text


def test_a_run_of_students_goes_on_where_its_folder_is_away_while_it_trains_and_saves(
    parcel: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder, away = work_folder(parcel), parcel.parent / "away"
    take_step, save = StageTrainer._step, loading.save_model
    steps, saves = itertools.count(1), itertools.count(1)

    def step(trainer: StageTrainer, number: int, watcher: Watcher) -> None:
        taken = next(steps)
        if taken == 1:
            folder.rename(away)
        take_step(trainer, number, watcher)
        if taken == 2:
            away.rename(folder)

    def save_model(*parts: Any) -> None:
        if next(saves) == 1:
            folder.rename(away)
            threading.Timer(1.0, away.rename, (folder,)).start()
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(folder))
        save(*parts)

    monkeypatch.setattr(StageTrainer, "_step", step)
    monkeypatch.setattr(loading, "save_model", save_model)
    worked = work_parcel(parcel, Settings(home=parcel.parent / "nobody"), HANDLERS)
    assert worked.status is RunStatus.DONE, worked.error
    assert "No checkpoint of step 1: " in caplog.text
    assert "The student cannot be saved: " in caplog.text
    assert next(saves) == 3


def test_a_disk_that_is_full_keeps_nobody_from_asking_a_worker_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parcel_signs, "write_atomically", full)
    asked = threading.Event()

    def stop() -> bool:
        asked.set()
        return True

    with parcel_signs.in_touch(tmp_path, stop):
        time.sleep(2 * parcel_signs.POLL_SECONDS)
        (tmp_path / CANCEL).touch()
        assert asked.wait(WAIT)


def test_what_follows_half_a_line_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    progress = parcel_signs.Progress(tmp_path / "run.work" / PROGRESS)
    progress.tell({"message": "nobody can hear it"})  # there is no folder yet
    (tmp_path / "run.work").mkdir()
    (tmp_path / "run.work" / PROGRESS).write_text('{"message": "ha')
    progress.tell({"message": "whole"})
    news = read_news(tmp_path / "run.tar", 0)
    assert news is not None
    assert [event["message"] for event in news.events] == ["nobody can hear it", "whole"]


@pytest.mark.sqlite
def test_a_worker_whose_database_is_away_for_a_while_ends_its_run_all_the_same(
    session: Session, settings: Settings
) -> None:
    run_id = create_run(session, ADA, kind=RunKind.TRAIN, name="a run", config={"epochs": 1})
    session.close()
    home, away = settings.home_folder, settings.home_folder.with_name("away")

    def go_away(_context: RunContext) -> Mapping[str, Any]:
        home.rename(away)
        threading.Timer(2.0, away.rename, (home,)).start()
        return {"metrics": {}}

    assert run_worker(run_id, settings, {RunKind.TRAIN: go_away}) is RunStatus.DONE
    with open_session(settings.resolved_database_url) as again:
        assert get_run(again, run_id).status is RunStatus.DONE
