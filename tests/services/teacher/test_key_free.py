"""Teachers that are not told the answer: kept where they come to it, asked again where not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RationaleRow
from scicot.pure.teacher.prompts import BUILT_IN
from scicot.services.rationales.own_answers import list_wrong
from scicot.services.review.queue import count_filtered
from scicot.services.teacher.generation import start_generation
from scicot.services.teacher.prompts import choose_default_prompt, default_prompt, save_prompt
from scicot.services.training.choosing import Criteria
from scicot.services.training.snapshots import create_snapshot, snapshot_texts
from scicot.words.errors import InvalidConfig
from scicot.words.records import RationaleStatus, Split, StoredQuestion
from scicot.words.reviewing import QueueFilter
from scicot.words.settings import get_settings
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher
from tests.services.teacher_runs import ADA, config_for, generate

KEY_FREE = replace(BUILT_IN, reference="Explain and answer.\n{question}\n{options}")


@pytest.fixture
def questions(session: Session, tmp_path: Path, teacher: FakeTeacher) -> list[StoredQuestion]:
    teacher.answer = lambda prompt: (
        "Because of the key." if "<answer>" in prompt else "Facts say so. The answer is (B)."
    )
    stored = store_questions(session, tmp_path / "data", train=8, validation=0, test=0)
    return list(stored[Split.TRAIN])


def test_what_comes_to_the_key_without_it_can_be_kept_alone(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    prompt = save_prompt(session, ADA, "own words", KEY_FREE)
    assert prompt.title == "own words v1 (without the key)"
    run = generate(session, config_for(teacher, prompt_id=prompt.id))
    right = {row.question_id for row in session.scalars(_right(True))}
    assert right == {question.id for question in questions if question.answer_key == "B"}
    assert len(session.scalars(_right(False)).all()) == 6
    made = create_snapshot(
        session,
        ADA,
        name="right",
        dataset="demo",
        criteria=Criteria(include=list(RationaleStatus), own_answer="right"),
    )
    assert snapshot_texts(session, made.id).keys() == right
    assert made.criteria["own_answer_right"] is True
    wanted = QueueFilter("demo", own_answer_right=True)
    assert count_filtered(session, ADA, wanted) == 2
    assert count_filtered(session, ADA, replace(wanted, own_answer_right=False)) == 6
    assert len(list_wrong(session, run.id)) == 6


def _right(wanted: bool):  # type: ignore[no-untyped-def]
    return select(RationaleRow).where(RationaleRow.own_answer_right.is_(wanted))


def test_rationalisation_is_asked_for_only_where_the_teacher_failed(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    prompt = save_prompt(session, ADA, "own words", KEY_FREE)
    first = generate(session, config_for(teacher, prompt_id=prompt.id))
    again = generate(session, config_for(teacher, only_wrong_of=first.id))
    assert (again.result["questions"], again.result["calls"]) == (6, 6)
    asked = {seen.prompt for seen in teacher.seen[8:]}
    assert all("<answer>" in text for text in asked)
    config = config_for(teacher, only_wrong_of=first.id, prompt_id=prompt.id)
    with pytest.raises(InvalidConfig, match="does not tell the answer"):
        start_generation(session, get_settings(), ADA, config)
    with pytest.raises(InvalidConfig, match="never asked without the key"):
        start_generation(session, get_settings(), ADA, config_for(teacher, only_wrong_of=again.id))


def test_an_own_answer_beside_the_rationale_counts_as_well(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    teacher.answer = lambda prompt: (
        "Because of the key." if "step by step" in prompt else "The answer is (A)."
    )
    run = generate(session, config_for(teacher, own_answer=True))
    assert len(session.scalars(_right(True)).all()) == 2
    assert len(list_wrong(session, run.id)) == 6


def test_the_default_prompt_is_the_papers_until_a_person_chooses(
    session: Session, teacher: FakeTeacher, questions: list[StoredQuestion]
) -> None:
    assert default_prompt(session).title == "paper v1"
    note = replace(BUILT_IN, thinking="Take care.")
    noted = save_prompt(session, ADA, "paper with a note", note, is_note=True)
    own = save_prompt(session, ADA, "own words", KEY_FREE)
    assert default_prompt(session).title == "paper v1"
    assert choose_default_prompt(session, ADA, own.id).id == default_prompt(session).id == own.id
    with pytest.raises(Exception, match="written for one question"):
        choose_default_prompt(session, ADA, noted.id)
