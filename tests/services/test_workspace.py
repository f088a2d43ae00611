from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.launchers.launcher import open_launcher
from scicot.pure.methods.registry import make_config
from scicot.services.runs.runs import get_run, list_runs
from scicot.services.runs.steering import request_cancel
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.configs import AttributionConfig, TrainingConfig
from scicot.words.errors import NotFound
from scicot.words.records import Actor, RunStatus
from scicot.words.settings import Settings, get_settings
from tests.builders import store_questions
from tests.services.runs.noting import NotingLauncher
from tests.tiny_students import build_tiny_t5


@pytest.fixture
def config(session: Session, tmp_path: Path) -> TrainingConfig:
    store_questions(session, tmp_path / "data")
    student = build_tiny_t5(tmp_path / "tiny-t5")
    return make_config(method="finetune", dataset="demo", student=str(student))


def test_starting_checks_stores_and_launches(config: TrainingConfig, settings: Settings) -> None:
    launcher = NotingLauncher()
    with Workspace(settings, launcher) as workspace:
        run_id = workspace.start(Actor("Ada"), config)
        assert get_run(workspace, run_id).status is RunStatus.STARTING
    assert launcher.run_ids == [run_id]


def test_nothing_is_stored_of_a_run_that_fails_its_check(settings: Settings) -> None:
    with Workspace(settings, NotingLauncher()) as workspace:
        with pytest.raises(NotFound, match="no run 7"):
            workspace.start(Actor("Ada"), AttributionConfig(run=7))
        assert list_runs(workspace) == []


def test_without_a_launcher_runs_wait_for_whoever_starts_them(
    config: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCICOT_LAUNCHER", "none")
    get_settings.cache_clear()
    assert open_launcher("none") is None
    with open_workspace() as workspace:
        run_id = workspace.start(Actor("Ada"), config)
        assert get_run(workspace, run_id).status is RunStatus.QUEUED


def test_a_resumed_run_is_launched_again(config: TrainingConfig, settings: Settings) -> None:
    launcher = NotingLauncher()
    with Workspace(settings, launcher) as workspace:
        first, second = (workspace.start(Actor("Ada"), config) for _ in range(2))
        request_cancel(workspace, Actor("Ada"), second)
        request_cancel(workspace, Actor("Ada"), first)
        assert workspace.resume(Actor("Ada"), second).status is RunStatus.QUEUED  # the slot is busy
    assert launcher.run_ids == [first]
