"""The same code on PostgreSQL, where a server is installed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event

import db.models  # noqa: F401
from db.base import Base
from db.session import get_engine, open_session
from scicot.adapters.students.training.job import StepReport
from scicot.services.predictions.store import list_predictions, store_predictions
from scicot.services.runs import context, runs
from scicot.services.runs.context import RunContext
from scicot.services.runs.parts import keep_part, list_parts
from scicot.services.runs.runs import MetricPoint, get_run, list_metrics, list_runs
from scicot.services.runs.worker import claim_run, run_worker
from scicot.services.students.watcher import RunWatcher
from scicot.services.workspace import Workspace
from scicot.words.errors import DatabaseAway, RunNotInState
from scicot.words.records import Actor, RationaleStatus, RunKind, RunStatus, Split
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale
from tests.predictions import make_prediction
from tests.services.runs.noting import NotingLauncher, age_heartbeat, new_run


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


def test_two_presses_at_one_moment_start_one_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a writer has read stands until it has written: the other one sees the first's run."""
    there = workspace.settings.resolved_database_url
    add, began = runs.add_run, Barrier(2)

    def add_slowly(*args: Any, **values: Any) -> Any:
        with suppress(BrokenBarrierError):  # the other one is not let in meanwhile
            began.wait(0.5)
        return add(*args, **values)

    monkeypatch.setattr(runs, "add_run", add_slowly)

    def press(_: int) -> bool:
        with open_session(there) as session, suppress(RunNotInState):
            runs.create_lone_run(
                session, Actor("Ada"), kind=RunKind.IMPORT, name="twice", config={"a": 1}
            )
            return True
        return False

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(press, range(2))) == [False, True]
    workspace.rollback()
    assert len(list_runs(workspace)) == 1


def test_a_run_outlives_a_server_that_breaks_off(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connections are cut while it stores, while it reports and while it ends."""
    monkeypatch.setattr(context, "RETRY_SECONDS", 0.05)
    run_id = new_run(workspace)
    engine = get_engine(workspace.settings.resolved_database_url)
    cut: list[str] = []

    def cut_off(connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        for what in ("INSERT INTO run_part", "INSERT INTO metric", "finished_at="):
            if what in statement and what not in cut:
                cut.append(what)
                connection.connection.dbapi_connection.close()

    event.listen(engine, "before_cursor_execute", cut_off)

    def handler(given: RunContext) -> dict[str, object]:
        watcher = RunWatcher(given, 4)
        watcher.start("stage", "Begins.")
        watcher.finish_part("first", 1.0)
        watcher.step(StepReport(1, 2, 1.0, 10.0))
        watcher.step(StepReport(2, 2, 0.5, 10.0))
        watcher.say("All steps are done.")
        return {"metrics": {"accuracy": 0.25}}

    assert run_worker(run_id, workspace.settings, {RunKind.TRAIN: handler}) is RunStatus.DONE
    assert len(cut) == 3
    workspace.rollback()
    run = get_run(workspace, run_id)
    assert (run.status, run.result) == (RunStatus.DONE, {"metrics": {"accuracy": 0.25}})
    assert [part.name for part in list_parts(workspace, run_id)] == ["first"]
    assert [point.step for point in list_metrics(workspace, run_id, "loss")] == [1, 2]


def test_a_server_that_is_not_there_is_worth_another_attempt(settings: Settings) -> None:
    nowhere = "postgresql+psycopg://scicot@127.0.0.1:9/none"
    with open_session(nowhere) as session, pytest.raises(DatabaseAway, match="does not answer"):
        get_run(session, 1)
