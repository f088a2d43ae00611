from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.evaluation.question_view import view_question
from scicot.services.evaluation.tags import (
    add_tag,
    change_tag,
    count_tags,
    list_tags,
    measure_tag_agreement,
    remove_tag,
    toggle_tag,
)
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.records import Actor, Split, StoredQuestion
from tests.builders import store_questions
from tests.predictions import store_run

ADA, GRACE = Actor("Ada"), Actor("Grace")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=4)[Split.TEST])


@pytest.fixture
def run_id(session: Session, questions: list[StoredQuestion]) -> int:
    return store_run(session, questions, right=[0])


def prediction_ids(session: Session, questions: list[StoredQuestion], run_id: int) -> list[int]:
    views = [view_question(session, one.id, [run_id]) for one in questions]
    return [view.answers[0].prediction_id or 0 for view in views]


def test_tags_take_the_lowest_free_digit(session: Session) -> None:
    first, second = add_tag(session, ADA, "Misreads"), add_tag(session, ADA, "Wrong fact")
    remove_tag(session, ADA, first.id)
    third = add_tag(session, ADA, "  Wrong   key ")
    assert [(tag.name, tag.digit) for tag in list_tags(session)] == [
        ("Wrong key", 1),
        ("Wrong fact", 2),
    ]
    assert (second.digit, third.digit) == (2, 1)


def test_the_tenth_tag_has_no_digit(session: Session) -> None:
    tags = [add_tag(session, ADA, f"Tag {n}") for n in range(10)]
    assert [tag.digit for tag in tags] == [*range(1, 10), None]


def test_a_renamed_tag_stays_on_what_bears_it_and_its_new_digit_is_swapped(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    first, second = add_tag(session, ADA, "Misreads"), add_tag(session, ADA, "Wrong fact")
    (marked, *_) = prediction_ids(session, questions, run_id)
    toggle_tag(session, ADA, marked, first.id)
    change_tag(session, GRACE, first.id, name=" Misreads  the stem", digit=2)
    assert [(tag.name, tag.digit) for tag in list_tags(session)] == [
        ("Wrong fact", 1),
        ("Misreads the stem", 2),
    ]
    assert [one.counts for one in count_tags(session, [run_id])] == [(0,), (1,)]
    assert second.id != first.id


def test_a_tag_cannot_take_anothers_name_or_a_digit_that_is_none(session: Session) -> None:
    first, _ = add_tag(session, ADA, "Misreads"), add_tag(session, ADA, "Wrong fact")
    change_tag(session, ADA, first.id, name="MISREADS", digit=None)
    with pytest.raises(Conflict):
        change_tag(session, ADA, first.id, name="wrong FACT", digit=1)
    with pytest.raises(InvalidInput):
        change_tag(session, ADA, first.id, name="Misreads", digit=10)
    assert [(tag.name, tag.digit) for tag in list_tags(session)] == [
        ("Wrong fact", 2),
        ("MISREADS", None),
    ]


def test_a_tags_name_is_its_own(session: Session) -> None:
    add_tag(session, ADA, "Misreads")
    with pytest.raises(Conflict):
        add_tag(session, ADA, "misreads")
    with pytest.raises(InvalidInput):
        add_tag(session, ADA, "   ")
    assert [tag.name for tag in list_tags(session)] == ["Misreads"]


def test_a_tag_is_put_on_and_taken_off_by_each_person_alone(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    tag = add_tag(session, ADA, "Misreads")
    (first, *_) = prediction_ids(session, questions, run_id)
    assert toggle_tag(session, ADA, first, tag.id)
    assert toggle_tag(session, GRACE, first, tag.id)
    assert not toggle_tag(session, ADA, first, tag.id)
    view = view_question(session, questions[0].id, [run_id])
    assert [(mark.tag.name, mark.actor) for mark in view.answers[0].marks] == [
        ("Misreads", "Grace")
    ]
    with pytest.raises(Conflict, match="bear the tag"):
        remove_tag(session, ADA, tag.id)
    with pytest.raises(NotFound):
        toggle_tag(session, ADA, first, 999)


def test_tags_are_counted_a_run_each(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    other = store_run(session, questions, right=[1], name="other")
    tag, unused = add_tag(session, ADA, "Misreads"), add_tag(session, ADA, "Unused")
    for key in prediction_ids(session, questions, run_id)[:3]:
        toggle_tag(session, ADA, key, tag.id)
        toggle_tag(session, GRACE, key, tag.id)
    toggle_tag(session, ADA, prediction_ids(session, questions, other)[0], tag.id)
    assert [(one.tag.id, one.counts) for one in count_tags(session, [run_id, other])] == [
        (tag.id, (3, 1)),
        (unused.id, (0, 0)),
    ]


def test_agreement_counts_what_both_people_have_tagged(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    tag, other = add_tag(session, ADA, "Misreads"), add_tag(session, ADA, "Wrong fact")
    first, second, third, _ = prediction_ids(session, questions, run_id)
    for actor, key, mark in (
        (ADA, first, tag),
        (GRACE, first, tag),
        (ADA, second, tag),
        (GRACE, second, other),
        (ADA, third, tag),  # Grace has not read the third
    ):
        toggle_tag(session, actor, key, mark.id)
    found = measure_tag_agreement(session, [run_id])
    assert [(one.tag.name, one.first, one.second) for one in found] == [
        ("Misreads", "Ada", "Grace"),
        ("Wrong fact", "Ada", "Grace"),
    ]
    assert (found[0].agreement.n, found[0].agreement.share) == (2, 0.5)


def test_one_person_alone_agrees_with_nobody(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    tag = add_tag(session, ADA, "Misreads")
    toggle_tag(session, ADA, prediction_ids(session, questions, run_id)[0], tag.id)
    assert measure_tag_agreement(session, [run_id]) == []
