from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.missing_runs import find_nearest
from scicot.services.runs.runs import list_runs
from scicot.words.records import Split, StoredQuestion
from scicot.words.runs import RunView
from tests.builders import store_questions
from tests.predictions import store_trained


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=4)[Split.TEST])


def trained(session: Session, questions: list[StoredQuestion], **settings: Any) -> int:
    return store_trained(session, questions, make_config(dataset="demo", **settings))


def nearest(session: Session, method: str, fraction: float) -> RunView | None:
    return find_nearest((method, "demo", fraction), list_runs(session))


def test_the_same_method_at_the_nearest_fraction_with_the_smallest_seed_is_nearest(
    session: Session, questions: list[StoredQuestion]
) -> None:
    trained(session, questions, method="finetune", snapshot="s", fraction=0.125)
    trained(session, questions, method="sci_cot", snapshot="s", fraction=1.0)
    wanted = trained(session, questions, method="sci_cot", snapshot="s", fraction=0.25)
    trained(session, questions, method="sci_cot", snapshot="s", fraction=0.25, seed=1)
    found = nearest(session, "sci_cot", 0.125)
    assert found is not None
    assert found.id == wanted


def test_a_method_that_needs_rationales_is_not_begun_from_a_run_without_any(
    session: Session, questions: list[StoredQuestion]
) -> None:
    with_rationales = trained(session, questions, method="one_stage", snapshot="s", fraction=0.5)
    trained(session, questions, method="finetune")
    found = nearest(session, "sci_cot", 1.0)
    assert found is not None
    assert found.id == with_rationales


def test_without_any_run_nothing_is_near(session: Session) -> None:
    assert nearest(session, "sci_cot", 1.0) is None
