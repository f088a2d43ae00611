"""A database made before there was a second migration: first_schema.sql holds one as text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.migrate import migrate
from db.session import open_session
from scicot.services.evaluation.comparison import list_predicted_runs
from scicot.services.evaluation.results import load_results
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.lookup import count_questions
from scicot.services.review.items import load_items
from scicot.services.review.queue import count_queues
from scicot.services.runs.parts import list_parts
from scicot.services.runs.runs import list_metrics, list_runs
from scicot.services.teacher.totals import run_totals
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.reviewing import Queue

SCRIPT = Path(__file__).with_name("first_schema.sql")
MOVED = ("seconds", "peak_memory_bytes")  # figures of a run's parts, which are rows of their own


def read_all(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table that there is."""
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'"
            )
        ]
        tables = {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
            for name in names
        }
    connection.close()
    return tables


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "first.db"
    connection = sqlite3.connect(path)
    connection.executescript(SCRIPT.read_text(encoding="utf-8"))
    connection.close()
    return path


@pytest.fixture
def upgraded(path: Path) -> Iterator[Session]:
    migrate(f"sqlite:///{path}")
    with open_session(f"sqlite:///{path}") as session:
        yield session


def test_every_table_keeps_its_content(path: Path) -> None:
    before = read_all(path)
    migrate(f"sqlite:///{path}")
    after = read_all(path)
    figures = [row for row in before["metric"] if row["name"] in MOVED]
    before["metric"] = [row for row in before["metric"] if row["name"] not in MOVED]
    for name, rows in before.items():
        kept = [{key: row[key] for key in old} for old, row in zip(rows, after[name], strict=True)]
        assert kept == rows, name
    parts = {(row["run_id"], row["name"]): row for row in after["run_part"]}
    assert figures
    assert {(row["run_id"], row["stage"]) for row in figures} == set(parts)
    for row in figures:
        assert parts[row["run_id"], row["stage"]][row["name"]] == row["value"]


def test_what_the_screens_show_reads_it(upgraded: Session) -> None:
    runs = {run.kind: run for run in reversed(list_runs(upgraded))}
    assert [run.status for run in list_runs(upgraded)] == [RunStatus.DONE] * 3
    trained = list_predicted_runs(upgraded)
    for run in trained:
        names = [part.name for part in list_parts(upgraded, run.id)]
        assert names[0].startswith("train ")
        assert names[-1] == "test"
        assert all(part.tokens_per_second for part in list_parts(upgraded, run.id)[:1])
        assert {point.name for point in list_metrics(upgraded, run.id)}.isdisjoint(MOVED)
        assert list_predictions(upgraded, run.id)
    assert run_totals(upgraded, runs[RunKind.GENERATE].id).calls == 6
    (dataset,) = count_questions(upgraded)
    counts = count_queues(upgraded, Actor("Cleo"), dataset)
    assert counts[Queue.ALL] == 19
    ids = [row[0] for row in upgraded.connection().exec_driver_sql("SELECT id FROM rationale")]
    assert len(list(load_items(upgraded, Actor("Cleo"), ids))) == 19
    assert load_results(upgraded).students
