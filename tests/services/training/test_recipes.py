"""Methods that are told apart by their rationales: Ho et al., Magister et al., STaR."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import RationaleRow
from db.session import write
from scicot.pure.methods.registry import find_method
from scicot.services.questions.browser import QuestionFilter, find_questions
from scicot.services.runs.runs import get_run
from scicot.services.training.choosing import Criteria
from scicot.services.training.data import read_training_data
from scicot.services.training.experiments import start_experiment
from scicot.services.training.snapshots import create_snapshot, find_snapshot, snapshot_texts
from scicot.services.training.training import start_training
from scicot.words.configs import ExperimentConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import Actor, RationaleStatus, Split
from scicot.words.settings import get_settings
from tests.builders import store_questions, store_rationale
from tests.services.training_line import Questions, tiny_config
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

ADA = Actor("Ada")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    """Four questions with two samples: both right, one right, none, none and one told the key."""
    stored = store_questions(session, tmp_path / "files", train=4)
    kinds = ((True, True), (True, False), (False, False), (False, None))
    for question, right in zip(stored[Split.TRAIN], kinds, strict=True):
        for sample, is_right in enumerate(right):
            rationale_id = store_rationale(
                session,
                question,
                f"Sample {sample} of {question.external_id} follows.",
                sample=sample,
                status=RationaleStatus.ACCEPTED,
            )
            with write(session):
                session.get_one(RationaleRow, rationale_id).own_answer_right = is_right
    create_snapshot(session, ADA, name="approved", dataset="demo")
    return stored


def test_a_recipe_refuses_a_snapshot_that_is_not_what_it_is_about(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    for method, words in (
        ("magister", r"of its 4 texts do not come to the key by themselves. .*--own-answer-right"),
        ("star", "come to another answer than the key"),
    ):
        with pytest.raises(InvalidConfig, match=words):
            start_training(session, get_settings(), ADA, tiny_config(method, tiny_t5))
    create_snapshot(session, ADA, name="one", dataset="demo", criteria=Criteria(own_answer="right"))
    with pytest.raises(InvalidConfig, match="one text a question, and the method learns several"):
        read_training_data(session, tiny_config("ho", tiny_t5, snapshot="one"))
    session.rollback()
    two = Criteria(own_answer="right", per_question=2)
    create_snapshot(session, ADA, name="two", dataset="demo", criteria=two)
    with pytest.raises(InvalidConfig, match="up to 2 texts a question, and the method learns one"):
        read_training_data(session, tiny_config("magister", tiny_t5, snapshot="two"))


def test_an_experiment_names_them_and_each_has_its_own_rationales(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    config = ExperimentConfig.checked(
        name="teachers without the key",
        methods=("one_stage", "magister", "ho", "star"),
        datasets={"demo": "approved"},
        student=str(tiny_t5),
        settings={"epochs": 1},
    )
    started = start_experiment(session, get_settings(), ADA, config)
    counts = {}
    for run_id in started.run_ids:
        run = get_run(session, run_id)
        snapshot = find_snapshot(session, str(run.training.snapshot))
        texts = snapshot_texts(session, snapshot.id)
        counts[run.method] = (len(texts), snapshot.items)
        assert read_training_data(session, run.training).train
    assert counts == {"one_stage": (4, 4), "magister": (2, 2), "ho": (2, 3), "star": (3, 3)}
    assert find_method("ho").title == "Ho et al."


def test_questions_are_listed_by_what_a_teacher_comes_to_alone(
    session: Session, questions: Questions
) -> None:
    lines, total = find_questions(session, QuestionFilter("demo", own_answer_right=True))
    assert total == 2
    assert [line.own_answers_right for line in lines] == [2, 1]
    assert find_questions(session, QuestionFilter("demo", own_answer_right=False))[1] == 2
