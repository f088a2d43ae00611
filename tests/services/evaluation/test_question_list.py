from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.evaluation.question_list import Only, choose_answered, list_answered
from scicot.words.records import Outcome, Split, StoredQuestion
from tests.builders import store_questions
from tests.predictions import store_run


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=6)[Split.TEST])


def test_a_question_that_one_run_was_not_asked_is_listed_with_what_the_other_said(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0, 1], unreadable=[5])
    b = store_run(session, questions[:4], right=[0, 2], name="b")
    listed = list_answered(session, [a, b])
    assert [question.id for question in listed] == [question.id for question in questions]
    assert listed[0].outcomes == (Outcome.CORRECT, Outcome.CORRECT)
    assert listed[5].outcomes == (Outcome.NO_ANSWER, None)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([Only.WRONG], [1, 2, 3, 4]),
        ([Only.NO_ANSWER], [5]),
        ([Only.DISAGREEING], [1, 2]),
        ([Only.WRONG, Only.NO_ANSWER], []),
        ([Only.TAGGED], []),
    ],
)
def test_chips_keep_the_questions_that_have_all_of_it(
    session: Session, questions: list[StoredQuestion], wanted: list[Only], places: list[int]
) -> None:
    a = store_run(session, questions, right=[0, 1], unreadable=[5])
    b = store_run(session, questions[:4], right=[0, 2], name="b")
    kept = choose_answered(list_answered(session, [a, b]), wanted, "")
    assert [question.id for question in kept] == [questions[place].id for place in places]


def test_a_search_looks_into_stems_and_ids_whatever_the_case(
    session: Session, questions: list[StoredQuestion]
) -> None:
    run = store_run(session, questions, right=[])
    listed = list_answered(session, [run])
    wanted = questions[3]
    assert [one.id for one in choose_answered(listed, [], wanted.external_id.upper())] == [
        wanted.id
    ]
    assert choose_answered(listed, [], "no stem says this") == []
