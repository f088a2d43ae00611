"""Weights selected on the validation split: what they need, what is said and counted of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import QuestionRow
from db.session import write
from scicot.services.training.preview import inspect_training
from scicot.services.training.training import start_training
from scicot.words.errors import InvalidConfig
from scicot.words.records import Actor, RationaleStatus, Split
from scicot.words.settings import Settings, get_settings
from tests.builders import store_rationale
from tests.services.training_line import Questions, prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

SAME = "the run is measured on the same"
FEW = "which is few"


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    return prepare(session, tmp_path / "files")


def approve(session: Session, questions: Questions, text: str = "It follows.") -> None:
    for question in questions[Split.VALIDATION]:
        store_rationale(session, question, text, status=RationaleStatus.ACCEPTED)


def change_validation(session: Session, **values: object) -> None:
    with write(session):
        rows = session.scalars(select(QuestionRow).where(QuestionRow.split == Split.VALIDATION))
        for row in rows:
            for name, value in values.items():
                setattr(row, name, value)


def notes_of(session: Session, student: Path, method: str, **fields: Any) -> str:
    config = tiny_config(method, student, **fields)
    return " ".join(inspect_training(session, get_settings(), config).notes)


@pytest.mark.parametrize(
    ("method", "role"), [("sci_cot", "answer"), ("finetune", "answer"), ("one_stage", "one_stage")]
)
def test_a_stage_that_answers_is_not_selected_by_questions_without_a_key(
    session: Session, questions: Questions, tiny_t5: Path, method: str, role: str
) -> None:
    approve(session, questions)
    change_validation(session, answer_key="")
    config = tiny_config(method, tiny_t5, selection="validation")
    words = f"stage '{role}': none of the 4 validation questions of 'demo' has an answer key"
    with pytest.raises(InvalidConfig, match=words):
        start_training(session, get_settings(), Actor("Ada"), config)
    with pytest.raises(InvalidConfig, match="or use selection=last"):
        inspect_training(session, get_settings(), config)  # the check says it too


def test_a_stage_that_writes_both_needs_options_or_an_approved_rationale(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    change_validation(session, choices=[], answer_form="text", answer_key="iron")
    config = tiny_config("one_stage", tiny_t5, selection="validation")
    with pytest.raises(InvalidConfig, match="'one_stage': no validation question of 'demo' has"):
        inspect_training(session, get_settings(), config)
    approve(session, questions)
    inspect_training(session, get_settings(), config)


def test_a_stage_selected_by_few_rationales_is_said(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    approve(session, questions)
    said = notes_of(session, tiny_t5, "sci_cot", selection="validation")
    assert "Stage rationale is selected by its loss on the approved rationales of 4" in said
    assert FEW in said
    assert FEW not in notes_of(session, tiny_t5, "finetune", selection="validation")
    assert FEW not in notes_of(session, tiny_t5, "sci_cot")


def test_a_run_measured_on_what_selected_its_weights_is_said(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    same = {"selection": "validation", "evaluate_on": "validation"}
    assert SAME in notes_of(session, tiny_t5, "finetune", **same)
    assert SAME not in notes_of(session, tiny_t5, "finetune", **same | {"evaluate_on": "test"})
    assert SAME not in notes_of(session, tiny_t5, "finetune", **same | {"selection": "last"})
    assert SAME not in notes_of(session, tiny_t5, "untrained", **same)


def test_what_is_cut_beside_the_snapshot_is_said(
    session: Session, questions: Questions, tiny_t5: Path
) -> None:
    approve(session, questions, "It follows from what the question says. " * 9)
    said = notes_of(session, tiny_t5, "sci_cot", selection="validation")
    assert "cut to 16 tokens: 4 (validation references)." in said


def test_what_is_written_for_selection_is_counted_apart(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    approve(session, questions)
    config = tiny_config(
        "sci_cot",
        tiny_t5,
        selection="validation",
        evaluate_on="validation",
        max_rationale_tokens=4,
        steps=1,
    )
    unended: Any = dict(train(session, settings, config).result)["unended"]
    # a student of one step never comes to an end by itself
    assert unended["rationale, writing rationales, training"] == 8
    assert unended["rationale, writing rationales, validation for selection"] == 4
    assert unended["rationale, writing rationales, validation"] == 4
