"""Students whose files are away while they are to be read: the run waits, says so, and can stop."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.session import open_session
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.cli.handlers import HANDLERS
from scicot.services.predictions.store import list_predictions
from scicot.services.runs import context as patience
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel
from scicot.services.runs.worker import run_worker
from scicot.services.students import answering, predicting, run_students
from scicot.services.students.opened import await_stage, open_stage
from scicot.services.students.predicting import start_prediction
from scicot.services.students.watcher import RunWatcher
from scicot.services.training.training import start_training
from scicot.words.configs import PredictionConfig
from scicot.words.errors import NotFound, StorageAway
from scicot.words.records import Actor, RunStatus, Split
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

ADA = Actor("Ada")
AT_MOST = 5.0  # seconds in which a cancel is acted on
WAIT = 40.0  # seconds; for what takes one, on a machine with much to do


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", WAIT)


@pytest.fixture
def trained(session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path) -> RunView:
    prepare(session, tmp_path / "files", validation=5)
    run = train(session, settings, tiny_config("finetune", tiny_t5))
    session.rollback()
    return run


@pytest.fixture
def asked(session: Session, settings: Settings, trained: RunView) -> int:
    return ask(session, settings, trained, Split.VALIDATION)


def ask(session: Session, settings: Settings, trained: RunView, split: Split) -> int:
    config = PredictionConfig(run=trained.id, dataset="demo", split=split)
    run_id = start_prediction(session, settings, ADA, config)
    session.rollback()
    return run_id


@pytest.fixture(autouse=True)
def written_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let CTranslate2 write and torch score, as with more threads: both read files."""
    monkeypatch.setattr(run_students, "quick_threads", lambda: 0)


def stages(settings: Settings) -> Path:
    return settings.artifacts_folder / "stages"


def put_away(settings: Settings) -> None:
    stages(settings).rename(settings.artifacts_folder / "away")


@contextmanager
def away_at_first(settings: Settings, *places: tuple[Any, str]) -> Iterator[list[str]]:
    """Take the stages away before the first call of each of what reads them."""
    taken: set[str] = set()

    def away_before(read: Callable[..., Any], where: str) -> Callable[..., Any]:
        def read_away(*parts: Any, **named: Any) -> Any:
            if where not in taken:
                taken.add(where)
                put_away(settings)
            return read(*parts, **named)

        return read_away

    with pytest.MonkeyPatch.context() as patched:
        for place, name in places:
            patched.setattr(place, name, away_before(getattr(place, name), f"{place} {name}"))
        yield []
    assert len(taken) == len(places)


def bring_back(settings: Settings, told: list[str]) -> Callable[[Mapping[str, Any]], None]:
    """Return what hears the run, and brings the stages back once it says that it waits."""

    def hear(event: Mapping[str, Any]) -> None:
        told.extend(filter(None, [event.get("message")]))
        if told and told[-1].startswith("Waits until"):
            (settings.artifacts_folder / "away").rename(stages(settings))

    return hear


def waits(told: list[str]) -> list[str]:
    return [word for word in told if word.startswith("Waits until")]


def test_a_run_waits_for_files_that_are_away_whenever_it_reads_them_and_says_so(
    session: Session, settings: Settings, asked: int
) -> None:
    places = [
        (predicting, "await_trained"),
        (answering, "read_written"),
        (answering, "has_fast_form"),
        (FastStudent, "open"),
        (TorchStudent, "open"),
        (answering.Answering, "are_cut"),
    ]
    with away_at_first(settings, *places) as told:
        status = run_worker(asked, settings, HANDLERS, tell=bring_back(settings, told))
    assert status is RunStatus.DONE, get_run(session, asked).error
    said = waits(told)
    assert len(said) == len(places)
    assert all(str(stages(settings)) in word and "10 min at most" in word for word in said)
    assert len([word for word in told if word.endswith("is there again.")]) == len(places)
    assert len(list_predictions(session, asked)) == 5


def test_what_was_written_before_is_not_written_again_because_it_was_away(
    session: Session, settings: Settings, trained: RunView
) -> None:
    run_id = ask(session, settings, trained, Split.TEST)  # as the training run has answered
    with away_at_first(settings, (answering, "read_written")) as told:
        run_worker(run_id, settings, HANDLERS, tell=bring_back(settings, told))
    assert any("before, read again" in word for word in told)


def test_a_run_that_waits_for_files_is_cancelled_within_five_seconds(
    session: Session, settings: Settings, asked: int
) -> None:
    is_waiting, ended = threading.Event(), threading.Event()

    def hear(event: Mapping[str, Any]) -> None:
        if str(event.get("message")).startswith("Waits until"):
            is_waiting.set()

    def work() -> None:
        with away_at_first(settings, (FastStudent, "open")):
            run_worker(asked, settings, HANDLERS, tell=hear)
        ended.set()

    worker = threading.Thread(target=work)
    worker.start()
    assert is_waiting.wait(WAIT)
    began = time.monotonic()
    with open_session(settings.resolved_database_url) as other:
        assert get_run(other, asked).message.startswith("Waits until")
        request_cancel(other, ADA, asked)
    assert ended.wait(AT_MOST - (time.monotonic() - began))
    worker.join(WAIT)
    assert get_run(session, asked).status is RunStatus.CANCELLED


def test_files_that_stay_away_or_cannot_be_read_fail_the_run(
    session: Session, settings: Settings, trained: RunView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", "model.bin")

    told: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(FastStudent, "open", refuse)
        run_id = ask(session, settings, trained, Split.VALIDATION)
        status = run_worker(run_id, settings, HANDLERS, tell=bring_back(settings, told))
    assert status is RunStatus.FAILED
    assert not waits(told)
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", -1.0)
    run_id = ask(session, settings, trained, Split.VALIDATION)
    with away_at_first(settings, (FastStudent, "open")):
        assert run_worker(run_id, settings, HANDLERS) is RunStatus.FAILED
    error = get_run(session, run_id).error or ""
    assert error.startswith(f"The student cannot be read: {stages(settings)}")
    assert error.endswith("Bring its disk back, then try again.")
    # and who asks it elsewhere is not told that it is damaged
    with pytest.raises(StorageAway, match="is away"):
        open_stage(session, settings, trained.id, "answer")
    (settings.artifacts_folder / "away").rename(stages(settings))
    for folder in stages(settings).iterdir():
        folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(NotFound, match="are gone"):
        open_stage(session, settings, trained.id, "answer")


def test_an_attribution_waits_for_the_student_that_it_asks_again(
    session: Session, settings: Settings, trained: RunView
) -> None:
    told: list[str] = []
    hear = bring_back(settings, told)
    context = RunContext(run=trained, settings=settings, worker="w", tell=hear)
    put_away(settings)
    student = await_stage(RunWatcher(context, 0), trained.id, "answer", device="cpu")
    assert student.generate(["Why?"], 4)
    assert len(waits(told)) == 1


def test_a_file_that_is_missing_where_the_folder_is_there_is_looked_for_twice_and_then_told(
    session: Session, settings: Settings, trained: RunView, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []

    def miss(folder: Path, **_: Any) -> None:
        looked.append(folder)
        raise FileNotFoundError(2, "No such file or directory", str(folder / "model.bin"))

    monkeypatch.setattr(patience, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(FastStudent, "open", miss)
    run_id = ask(session, settings, trained, Split.VALIDATION)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.FAILED
    assert len(looked) == 2
    error = get_run(session, run_id).error or ""
    assert "is there, but not all of its files" in error
    assert "model.bin" in error


def test_a_stale_share_is_waited_for_though_its_folder_shows(
    session: Session, settings: Settings, trained: RunView, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, refusals = FastStudent.open, iter([errno.ESTALE, errno.EIO, errno.ENOTCONN])

    def open_late(*parts: Any, **named: Any) -> Any:
        if refusal := next(refusals, None):
            raise OSError(refusal, "the share is elsewhere", "model.bin")
        return original(*parts, **named)

    monkeypatch.setattr(patience, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(FastStudent, "open", open_late)
    run_id = ask(session, settings, trained, Split.VALIDATION)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE


def test_a_run_that_trains_writes_nothing_under_a_mount_point_whose_share_is_away(
    session: Session, settings: Settings, trained: RunView, tiny_t5: Path
) -> None:
    config = tiny_config("finetune", tiny_t5, seed=1)
    run_id = start_training(session, settings, ADA, config)
    session.rollback()
    share = settings.artifacts_folder
    share.rename(share.with_name("share"))
    share.mkdir()  # as an empty mount point
    seen: list[list[str]] = []

    def hear(event: Mapping[str, Any]) -> None:
        if str(event.get("message")).startswith("Waits until"):
            seen.append([path.name for path in share.iterdir()])
            share.rmdir()
            share.with_name("share").rename(share)

    assert run_worker(run_id, settings, HANDLERS, tell=hear) is RunStatus.DONE
    assert seen == [[]]
