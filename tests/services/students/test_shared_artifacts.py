"""Two machines with homes of their own share stages and checkpoints through a store."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.artifact_store import ArtifactStore, open_store
from scicot.adapters.students.stages.checkpoints import MARKER
from scicot.adapters.students.training.job import StepReport
from scicot.cli.handlers import HANDLERS
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run, list_metrics
from scicot.services.runs.steering import resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.students.opened import open_stage
from scicot.services.students.predicting import start_prediction
from scicot.services.students.trained import load_trained
from scicot.services.students.watcher import RunWatcher
from scicot.services.system.examinations import examine_stages
from scicot.services.system.findings import Level
from scicot.services.training.training import start_training
from scicot.words.configs import PredictionConfig
from scicot.words.errors import Cancelled, DamagedArtifact
from scicot.words.records import Actor, RunStatus, Split
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

ADA = Actor("Ada")


@pytest.fixture(params=["file", "s3"])
def here(
    request: pytest.FixtureRequest, session: Session, settings: Settings, tmp_path: Path
) -> Settings:
    """One machine's settings; questions are there."""
    prepare(session, tmp_path / "data")
    url = f"file://{tmp_path / 'bucket'}"
    if request.param == "s3":
        url = f"{request.getfixturevalue('s3_bucket')}/{uuid.uuid4().hex}"
    return settings.model_copy(update={"artifacts": url})


@pytest.fixture
def there(here: Settings, tmp_path: Path) -> Settings:
    """Another machine's: the same database and store, a home of its own."""
    url = here.resolved_database_url
    return here.model_copy(update={"home": tmp_path / "elsewhere", "database_url": url})


def store_of(settings: Settings) -> ArtifactStore:
    store = open_store(settings)
    assert store is not None
    return store


def files(settings: Settings) -> list[str]:
    store = store_of(settings)
    return list(store.system.find(store.root))


def stages_of(run: RunView) -> dict[str, Any]:
    stages: Any = run.result["stages"]
    return dict(stages)


def weights(settings: Settings, run: RunView) -> dict[str, bytes]:
    folder = settings.artifacts_folder / "stages"
    return {
        role: (folder / stage["hash"] / "model" / "model.safetensors").read_bytes()
        for role, stage in stages_of(run).items()
    }


def test_another_machine_answers_and_trains_with_the_stages_of_the_first(
    session: Session, here: Settings, there: Settings, tiny_t5: Path
) -> None:
    run = train(session, here, tiny_config("finetune", tiny_t5))
    (stage,) = stages_of(run).values()
    folder = f"stages/{stage['hash']}"
    assert store_of(here).has(folder)
    config = PredictionConfig(run=run.id, dataset="demo", split=Split.TEST)
    asked = start_prediction(session, there, ADA, config)
    assert weights(there, run) == weights(here, run), "it was fetched"
    shutil.rmtree(there.artifacts_folder)
    session.rollback()
    assert run_worker(asked, there, HANDLERS) is RunStatus.DONE
    session.rollback()
    assert list_predictions(session, asked) == list_predictions(session, run.id)
    shutil.rmtree(there.artifacts_folder)
    assert open_stage(session, there, run.id, "answer").generate(["Why?"], 4)
    shutil.rmtree(there.artifacts_folder)
    again = train(session, there, tiny_config("finetune", tiny_t5))
    assert [one["reused"] for one in stages_of(again).values()] == [True]
    shutil.rmtree(here.artifacts_folder / "stages")
    (finding,) = examine_stages(session, here)
    assert finding.level is Level.GOOD
    store_of(here).remove(folder)
    (finding,) = examine_stages(session, here)
    assert finding.level is Level.BAD


def test_a_run_stopped_on_one_machine_goes_on_at_another_to_the_same_weights(
    session: Session,
    here: Settings,
    there: Settings,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    config = tiny_config("finetune", tiny_t5, epochs=4, questions_per_step=4, checkpoint_every=1)
    alone = there.model_copy(update={"home": here.home / "alone", "artifacts": ""})
    whole = train(session, alone, config)
    run_id = start_training(session, here, ADA, config)
    step = RunWatcher.step

    def stop_at_5(self: RunWatcher, report: StepReport) -> None:
        step(self, report)
        if report.step == 5:
            raise Cancelled("stopped by the test")

    with monkeypatch.context() as patched:
        patched.setattr(RunWatcher, "step", stop_at_5)
        assert run_worker(run_id, here, HANDLERS) is RunStatus.CANCELLED
    kept = [path for path in files(here) if "/step-" in path]
    lists = {Path(path).name for path in kept if path.endswith(".json")} - {"state.json", MARKER}
    assert lists == {"step-00000003.json", "step-00000004.json"}
    (newest,) = [path for path in kept if "/step-00000004." in path and "/model." in path]
    store_of(here).system.pipe_file(
        newest, b"no weights"
    )  # damaged there: the one before is as good
    shutil.rmtree(here.artifacts_folder)
    resume_run(session, ADA, run_id)
    session.rollback()
    assert run_worker(run_id, there, HANDLERS) is RunStatus.DONE
    session.rollback()
    resumed = get_run(session, run_id)
    assert [one["reused"] for one in stages_of(resumed).values()] == [False]
    assert weights(there, resumed) == weights(alone, whole)
    steps = [point.step for point in list_metrics(session, run_id, "loss")]
    assert steps == list(range(1, len(steps) + 1))
    assert "Going on from the checkpoint of step 3." in caplog.text
    assert not [path for path in files(here) if "/work/" in path], "nobody goes on from them"


def test_a_damaged_stage_is_said_and_trained_anew(
    session: Session, here: Settings, there: Settings, tiny_t5: Path
) -> None:
    run = train(session, here, tiny_config("finetune", tiny_t5))
    (model,) = [path for path in files(here) if path.endswith("model/model.safetensors")]
    store_of(here).system.pipe_file(model, b"no weights")
    with pytest.raises(DamagedArtifact, match="Train the run again"):
        load_trained(session, there, run.id)
    again = train(session, there, tiny_config("finetune", tiny_t5))
    assert [one["reused"] for one in stages_of(again).values()] == [False]
    assert weights(there, again) == weights(here, run)
    shutil.rmtree(there.artifacts_folder)
    load_trained(session, there, run.id)  # what is there now is whole
    assert weights(there, again) == weights(here, run)
