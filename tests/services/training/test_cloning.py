from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.pure.training.differences import Difference
from scicot.services.runs.runs import create_run
from scicot.services.training.cloning import (
    clone_config,
    differences_between_runs,
    differences_from_run,
)
from scicot.words.errors import InvalidConfig, NotFound
from scicot.words.records import Actor, RunKind
from tests.builders import store_training
from tests.services.training_line import tiny_config

STUDENT = Path("student")


def test_a_clone_has_the_runs_settings_but_for_those_given(session: Session) -> None:
    first = tiny_config("sci_cot", STUDENT, stage2_rationales="cross_fit", folds=4, seed=3)
    run_id = store_training(session, first)
    assert clone_config(session, run_id, {}) == first
    clone = clone_config(session, run_id, {"seed": 5, "student": "starter"})
    assert clone == first.model_copy(update={"seed": 5, "student": "starter"})
    found = differences_from_run(session, run_id, clone.model_dump(mode="json"))
    assert found == [Difference("student", "student", "starter"), Difference("seed", 3, 5)]


def test_a_setting_that_came_later_than_the_run_has_its_default_there(session: Session) -> None:
    config = tiny_config("finetune", STUDENT).model_dump(mode="json")
    run_id = store_training(session, tiny_config("finetune", STUDENT))
    older = {name: value for name, value in config.items() if name != "gradient_clip"}
    with write(session):
        session.execute(update(RunRow).where(RunRow.id == run_id).values(config=older))
    assert differences_from_run(session, run_id, config) == []


def test_two_runs_differ_in_settings_and_versions(session: Session) -> None:
    there = store_training(session, tiny_config("finetune", STUDENT))
    here = store_training(session, tiny_config("finetune", STUDENT, epochs=5))
    with write(session):
        versions = {"packages": {"torch": "1.0"}, "code_version": "older"}
        session.execute(update(RunRow).where(RunRow.id == there).values(**versions))
        newer = {"packages": {"torch": "2.0"}, "code_version": "newer"}
        session.execute(update(RunRow).where(RunRow.id == here).values(**newer))
    assert differences_between_runs(session, there, here) == [
        Difference("epochs", 2.0, 5.0),
        Difference("code version", "older", "newer"),
        Difference("package torch", "1.0", "2.0"),
    ]


def test_only_a_training_run_can_be_cloned(session: Session) -> None:
    run_id = create_run(session, Actor("Ada"), kind=RunKind.GENERATE, name="texts", config={})
    with pytest.raises(InvalidConfig, match="is a generate run"):
        clone_config(session, run_id, {})
    with pytest.raises(NotFound, match="no run 99"):
        clone_config(session, 99, {})
    with pytest.raises(NotFound, match="no run 99"):
        differences_between_runs(session, run_id, 99)
