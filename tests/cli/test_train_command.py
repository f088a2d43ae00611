from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.students.tryout.probe import ProbeResult
from scicot.cli.main import app
from scicot.pure.methods.registry import make_config
from scicot.services.runs.runs import create_run
from scicot.services.training.training import start_training
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import get_settings
from tests.builders import store_questions
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


@pytest.fixture
def run_id(session: Session, tmp_path: Path) -> int:
    """A run that holds the only slot, so that nothing else is trained."""
    store_questions(session, tmp_path / "data")
    config = make_config(
        method="finetune", dataset="demo", student="starter", limit_train=4, seed=3
    )
    started = start_training(session, get_settings(), Actor("Ada"), config)
    with write(session):
        beating = {"status": RunStatus.RUNNING, "heartbeat_at": utc_now()}
        session.execute(update(RunRow).where(RunRow.id == started).values(**beating))
    return started


def call(*words: object) -> Result:
    """Run a command in this process; starting one takes seconds."""
    return CliRunner().invoke(app, [str(word) for word in words])


def call_json(*words: object) -> dict[str, Any]:
    done = call(*words, "--json")
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_train_like_a_run_takes_its_settings_and_says_what_differs(run_id: int) -> None:
    made = call_json("train", "--like", run_id, "--seed", 5, "--set", "limit_train=none")
    assert made["like"] == run_id
    assert made["differences"] == [
        {"setting": "seed", "there": 3, "here": 5},
        {"setting": "limit_train", "there": 4, "here": None},
    ]
    assert (made["config"]["student"], made["config"]["seed"]) == ("starter", 5)
    told = call("train", "--like", run_id, "--seed", 5)
    assert f"What differs from run {run_id}:\n  seed: 3 -> 5" in told.stderr
    found = call_json("runs", "differences", run_id, made["run"])
    assert found["differences"] == made["differences"]


def test_train_without_method_or_dataset_needs_a_run_to_be_like(run_id: int) -> None:
    assert call("train").exit_code == 2
    assert "--like" in call("train", "finetune").stderr
    assert call("train", "few_shot", "--like", run_id).exit_code == 2


def test_check_says_what_a_run_would_do_and_starts_nothing(
    session: Session, tmp_path: Path, tiny_t5: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_questions(session, tmp_path / "data")
    tried = ProbeResult(per_token=0.01, per_text=0.5, per_stage=20, steps=10)
    monkeypatch.setattr("scicot.services.training.estimate.run_probe", lambda *_: tried)
    words = ("train", "finetune", "--dataset", "demo", "--student", tiny_t5, "--check")
    told = call(*words)
    assert told.exit_code == 0, told.output
    assert "Stage answer:" in told.stdout
    assert "from 10 steps tried here" in told.stdout
    assert "Question: " in told.stdout
    found = call_json(*words)
    assert found["check"]["stages"][0]["reused"] is False
    assert found["estimate"]["training"] > tried.per_stage
    assert session.scalars(select(RunRow)).all() == []
    assert call("train", "few_shot", "--dataset", "demo", "--check").exit_code == 2


def test_a_run_shows_what_a_cluster_was_handed_line_by_line(run_id: int, session: Session) -> None:
    script = "#!/bin/bash\n#SBATCH --job-name=scicot-run-1\n\nsrun python -m scicot"
    with write(session):
        session.add(LaunchRow(run_id=run_id, ticket="17", submission=script))
    told = call("runs", "show", run_id).stdout
    assert "\nticket: 17\n" in told
    assert told.endswith(f"\nsubmission:\n{script}\n")
    assert call_json("runs", "show", run_id)["launch"]["submission"] == script


def test_a_run_whose_name_has_several_lines_is_one_line_of_the_list(session: Session) -> None:
    create_run(
        session,
        Actor("Ada"),
        kind=RunKind.TRAIN,
        name="one\n    7  done",
        config={},
        status=RunStatus.FAILED,
    )
    assert len(call("runs", "list").stdout.splitlines()) == 1


def test_a_waiting_run_says_its_place_and_can_be_made_the_next(run_id: int) -> None:
    words = ("train", "finetune", "--dataset", "demo", "--student", "starter", "--seed")
    first, second = (call_json(*words, seed)["run"] for seed in (1, 2))
    moved = call("runs", "next", second)
    assert "queued 1" in moved.stdout
    listed = call("runs", "list").stdout.splitlines()
    assert [one.split()[:3] for one in listed[:2]] == [
        [str(second), "queued", "1"],
        [str(first), "queued", "2"],
    ]
    places = {one["run"]: one["queue"] for one in call_json("runs", "list")["runs"]}
    assert places == {second: 1, first: 2, run_id: None}
    assert call_json("runs", "show", first)["parts"] == []
    assert call("runs", "next", run_id).exit_code == 1
