"""The same code on PostgreSQL, where a server is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import db.models  # noqa: F401
from db.base import Base
from db.session import get_engine
from scicot.services.predictions.store import list_predictions, store_predictions
from scicot.services.runs.context import RunContext
from scicot.services.runs.parts import keep_part, list_parts
from scicot.services.runs.runs import MetricPoint, get_run, list_metrics, list_runs
from scicot.services.runs.worker import claim_run, run_worker
from scicot.services.workspace import Workspace
from scicot.words.records import RationaleStatus, RunKind, RunStatus, Split
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale
from tests.predictions import make_prediction
from tests.services.runs.test_runs import NotingLauncher, age_heartbeat, new_run


@pytest.fixture
def workspace(settings: Settings, postgresql_url: str) -> Iterator[Workspace]:
    there = settings.model_copy(update={"database_url": postgresql_url})
    with Workspace(there, NotingLauncher()) as opened:
        yield opened


def test_migrations_equal_the_models(postgresql_url: str) -> None:
    with get_engine(postgresql_url).connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_a_run_lives_from_queue_to_end(workspace: Workspace) -> None:
    run_id, lost = new_run(workspace), new_run(workspace)
    assert workspace.tend() == [run_id]  # one slot
    claim_run(workspace, lost, "gone")
    age_heartbeat(workspace, lost)

    def handler(context: RunContext) -> dict[str, object]:
        context.report(done=1, total=2, metrics=[MetricPoint("s", "loss", 1, 9.0)])
        context.report(metrics=[MetricPoint("s", "loss", 1, 0.5)])
        return {"metrics": {"accuracy": 0.25}}

    assert run_worker(run_id, workspace.settings, {RunKind.TRAIN: handler}) is RunStatus.DONE
    workspace.rollback()
    run = get_run(workspace, run_id)
    assert (run.status, run.result) == (RunStatus.DONE, {"metrics": {"accuracy": 0.25}})
    assert run.created_at.tzinfo is not None
    assert list_metrics(workspace, run_id) == [MetricPoint("s", "loss", 1, 0.5)]
    assert [found.id for found in list_runs(workspace, statuses=[RunStatus.LOST])] == [lost]
    keep_part(workspace, run_id, "test", role=None, seconds=1.5, peak_memory_bytes=2**40)
    assert list_parts(workspace, run_id)[0].peak_memory_bytes == 2**40


def test_questions_rationales_and_predictions_are_stored(
    workspace: Workspace, tmp_path: Path
) -> None:
    questions = store_questions(workspace, tmp_path / "data")[Split.TEST]
    store_rationale(workspace, questions[0], "The fact.", status=RationaleStatus.ACCEPTED)
    run_id = new_run(workspace)
    answers = [make_prediction(question, is_right=True) for question in questions]
    assert store_predictions(workspace, run_id, answers) == len(questions)
    assert store_predictions(workspace, run_id, answers) == 0
    wrong = [make_prediction(question, is_right=False) for question in questions]
    assert store_predictions(workspace, run_id, wrong, replace=True) == 0
    assert [found.label for found in list_predictions(workspace, run_id)] == [
        prediction.label for prediction in wrong
    ]
