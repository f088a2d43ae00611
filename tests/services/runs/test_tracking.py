import struct
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import MetricRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.runs.tensorboard import crc32c, event_file
from scicot.services.runs.tracking import send_run
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, Split, Tracker
from scicot.words.settings import Settings
from tests.builders import store_questions
from tests.predictions import store_run

ADA = Actor("Ada")


@pytest.fixture
def run_id(session: Session, tmp_path: Path) -> int:
    questions = store_questions(session, tmp_path / "demo", test=4)[Split.TEST]
    run = store_run(session, questions, right=[0, 1], method="sci_cot", config={"epochs": 2})
    with write(session):
        for step, value in enumerate((2.5, 1.25), start=1):
            session.add(
                MetricRow(
                    run_id=run, stage="answer", name="loss", step=step, value=value, at=utc_now()
                )
            )
    return run


def test_crc32c_is_the_one_that_readers_check() -> None:
    assert crc32c(b"123456789") == 0xE3069283  # the check value of the algorithm's catalogue


def records_of(path: Path) -> list[bytes]:
    """The messages of an event file; a wrong length would run over its end."""
    content, messages = path.read_bytes(), []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        messages.append(content[12 : 12 + length])
        content = content[12 + length + 4 :]
    return messages


def test_a_runs_curves_become_tensorboard_events_once(
    session: Session, settings: Settings, run_id: int
) -> None:
    for _ in range(2):  # sent again it is written anew, and stands there once
        where = send_run(session, settings, ADA, run_id, Tracker.TENSORBOARD)
    (path,) = (settings.artifacts_folder / "tensorboard" / f"run-{run_id}").iterdir()
    assert str(path) == where
    version, *events = records_of(path)
    assert b"brain.Event:2" in version
    losses = [event for event in events if b"answer/loss" in event]
    assert [struct.unpack("<f", event[-4:])[0] for event in losses] == [2.5, 1.25]


@pytest.mark.parametrize(("step", "value"), [(-1, 1.0), (1, 1e300), (1, -1e300), (2**62, 0.0)])
def test_any_point_that_a_database_may_hold_has_an_event(step: int, value: float) -> None:
    whole = event_file(utc_now(), [(utc_now(), step, "a/b", value)])
    assert whole.count(b"a/b") == 1  # a negative step had been written without end


def test_a_tracker_whose_package_is_missing_is_named(
    session: Session, settings: Settings, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)  # what Python keeps of a package not there
    with pytest.raises(InvalidInput, match="pip install wandb"):
        send_run(session, settings, ADA, run_id, Tracker.WANDB)


class FakeMlflow(SimpleNamespace):
    """What we call of MLflow, noted down."""

    def __init__(self) -> None:
        super().__init__(told=[], info=SimpleNamespace(run_id="abc"))

    def __getattr__(self, name: str) -> Any:
        return lambda *given, **named: self.told.append((name, *given, *named.values())) or self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: object) -> None:
        return None


def test_mlflow_is_told_settings_and_curves(
    session: Session, settings: Settings, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = FakeMlflow()
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    assert "run abc" in send_run(session, settings, ADA, run_id, Tracker.MLFLOW)
    assert ("log_metric", "answer.loss", 1.25, 2) in mlflow.told
    assert ("log_params", {"epochs": "2"}) in mlflow.told
