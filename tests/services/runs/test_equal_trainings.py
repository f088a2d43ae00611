"""A training beside an equal one: started twice, at one moment or one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.services.runs.runs import add_run, get_run, list_runs
from scicot.services.runs.worker import claim_run
from scicot.services.system.people import list_deeds
from scicot.services.training.once import start_training_once
from scicot.services.training.training import start_training
from scicot.services.workspace import Workspace
from scicot.words.configs import TrainingConfig
from scicot.words.people import Action
from scicot.words.records import Actor, RunStatus
from scicot.words.settings import Settings
from tests.services.runs.noting import NotingLauncher, age_heartbeat
from tests.services.training_line import prepare, tiny_config

ADA = Actor("Ada")


@pytest.fixture
def config(session: Session, tmp_path: Path) -> TrainingConfig:
    """Return settings of a student that only the run's worker makes: none is read here."""
    prepare(session, tmp_path / "data", train=3, test=2)
    return tiny_config("finetune", Path("starter"), snapshot=None)


def test_two_apps_that_press_at_one_moment_start_one_training(
    session: Session,
    settings: Settings,
    config: TrainingConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.commit()
    both_press, both_add = Barrier(2), Barrier(2)

    def add_slowly(*args: Any, **values: Any) -> int:
        with suppress(BrokenBarrierError):  # the other one is not let in meanwhile
            both_add.wait(0.5)
        return add_run(*args, **values)

    monkeypatch.setattr("scicot.services.training.once.add_run", add_slowly)
    launchers = [NotingLauncher(), NotingLauncher()]

    def press(launcher: NotingLauncher) -> tuple[int, bool]:
        with Workspace(settings, launcher) as workspace:
            both_press.wait(20)
            return workspace.start_once(ADA, config)

    with ThreadPoolExecutor(2) as apps:
        pressed = list(apps.map(press, launchers))
    session.rollback()
    (run,) = list_runs(session)
    assert sorted(pressed) == [(run.id, False), (run.id, True)]
    assert [run_id for one in launchers for run_id in one.run_ids] == [run.id]  # one worker


@pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING])
def test_beside_a_training_that_waits_or_goes_an_equal_one_is_not_started(
    session: Session, settings: Settings, config: TrainingConfig, status: RunStatus
) -> None:
    first, _ = start_training_once(session, settings, ADA, config)
    if status is RunStatus.RUNNING:
        claim_run(session, first, "worker")
    else:
        set_status(session, status)
    assert start_training_once(session, settings, ADA, config) == (first, False)
    assert len(list_runs(session)) == 1
    deeds = [deed.action for deed in list_deeds(session, ADA)]
    assert deeds.count(Action.START_RUN.value) == 1
    other = config.model_copy(update={"seed": 1})
    assert start_training_once(session, settings, ADA, other) == (first + 1, True)


@pytest.mark.parametrize("status", [RunStatus.DONE, RunStatus.FAILED, RunStatus.CANCELLED])
def test_a_training_that_is_over_can_be_repeated(
    session: Session, settings: Settings, config: TrainingConfig, status: RunStatus
) -> None:
    first, _ = start_training_once(session, settings, ADA, config)
    set_status(session, status)
    assert start_training_once(session, settings, ADA, config) == (first + 1, True)


def test_a_lost_training_is_in_nobodys_way(
    session: Session, settings: Settings, config: TrainingConfig
) -> None:
    first, _ = start_training_once(session, settings, ADA, config)
    claim_run(session, first, "gone")
    with write(session):
        session.execute(update(RunRow).values(host="elsewhere"))
    age_heartbeat(session, first)
    assert get_run(session, first).status is RunStatus.LOST
    assert start_training_once(session, settings, ADA, config) == (first + 1, True)


def test_a_command_may_start_an_equal_training_on_purpose(
    session: Session, settings: Settings, config: TrainingConfig
) -> None:
    ids = [start_training(session, settings, ADA, config) for _ in range(2)]
    assert len(set(ids)) == 2


def set_status(session: Session, status: RunStatus) -> None:
    with write(session):
        session.execute(update(RunRow).values(status=status))
