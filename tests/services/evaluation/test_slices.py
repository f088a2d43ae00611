from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.pure.evaluation.slices import Dimension
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.comparison import compare_runs
from scicot.services.evaluation.question_view import view_question
from scicot.services.evaluation.slices import load_slices, with_tags
from scicot.services.evaluation.tags import add_tag, toggle_tag
from scicot.services.predictions.store import store_predictions
from scicot.services.runs.runs import create_run
from scicot.words.records import Actor, Outcome, RunKind, RunStatus, Split, StoredQuestion
from tests.builders import store_questions
from tests.predictions import make_prediction, store_run


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=8)[Split.TEST])


def test_only_questions_that_both_runs_answered_are_parted(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0, 1])
    b = store_run(session, questions[:5], right=[0], name="b")
    found = load_slices(session, a, b)
    assert len(found.sliced) == 5
    (row,) = found.rows(Dimension.DATASET)
    assert (row.value, row.found.matched, row.found.only_a) == ("demo", 5, 1)


def test_a_slice_selects_its_questions(session: Session, questions: list[StoredQuestion]) -> None:
    a = store_run(session, questions, right=[])
    b = store_run(session, questions, right=[], name="b")
    wanted = [one.id for one in questions if one.answer_key == "C"]
    assert load_slices(session, a, b).select(Dimension.KEY_POSITION, "3") == wanted


def test_position_bias_is_each_runs_own(session: Session, questions: list[StoredQuestion]) -> None:
    a = store_run(session, questions, right=range(8))
    b = store_run(session, questions, right=[], unreadable=[0], name="b")
    found = load_slices(session, a, b)
    bias = found.bias(Dimension.ANSWER_A)
    assert bias.answer_shares == bias.key_shares
    assert found.bias(Dimension.ANSWER_B).answer_shares["no answer"] == 1 / 8


def test_a_students_rationale_is_flagged_when_it_is_stored(
    session: Session, questions: list[StoredQuestion]
) -> None:
    run = create_run(
        session,
        Actor("Ada"),
        kind=RunKind.IMPORTED,
        name="flagged",
        config={},
        status=RunStatus.DONE,
    )
    rationale = "As an AI language model, I cannot answer (B)."
    store_predictions(
        session, run, [make_prediction(questions[0], is_right=True, rationale=rationale)]
    )
    other = store_run(session, questions, right=[])
    values = load_slices(session, run, other).sliced[0].values
    assert "chat" in values[Dimension.FLAG_A]


def test_tags_part_the_questions_too(session: Session, questions: list[StoredQuestion]) -> None:
    a = store_run(session, questions, right=[])
    b = store_run(session, questions, right=[], name="b")
    tag = add_tag(session, Actor("Ada"), "Misreads")
    prediction = view_question(session, questions[2].id, [a]).answers[0].prediction_id
    toggle_tag(session, Actor("Ada"), prediction or 0, tag.id)
    found = with_tags(session, load_slices(session, a, b), a, b)
    assert found.select(Dimension.TAG_A, "Misreads") == [questions[2].id]
    assert found.rows(Dimension.TAG_B) == []


def test_the_parts_count_what_the_comparison_counts(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[], options_right=range(8))
    b = store_run(session, questions, right=range(8), options_right=[], name="b")
    for reading in Reading:
        (row,) = load_slices(session, a, b, reading=reading).rows(Dimension.DATASET)
        assert row.found == compare_runs(session, a, b, reading=reading).found


def test_a_part_of_the_options_reading_shows_where_the_likeliest_option_stands(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[], options_right=range(8))
    found = load_slices(session, a, a, reading=Reading.OPTIONS).bias(Dimension.ANSWER_A)
    assert found.answer_shares == found.key_shares


def test_a_question_whose_key_is_not_known_is_in_no_part(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0, 1])
    b = create_run(
        session,
        Actor("Ada"),
        kind=RunKind.IMPORTED,
        name="b",
        config={},
        status=RunStatus.DONE,
    )
    unscored = [
        replace(make_prediction(question, is_right=True), outcome=Outcome.UNSCORED)
        for question in questions[4:]
    ]
    scored = [make_prediction(question, is_right=True) for question in questions[:4]]
    store_predictions(session, b, [*scored, *unscored])
    (row,) = load_slices(session, a, b).rows(Dimension.DATASET)
    assert row.found == compare_runs(session, a, b).found
    assert row.found.matched == 4


def test_a_part_can_be_parted_further(session: Session, questions: list[StoredQuestion]) -> None:
    a = store_run(session, questions, right=[0])
    found = load_slices(session, a, a)
    wanted = found.select(Dimension.KEY_POSITION, "1")
    kept = found.keep(wanted)
    assert [row.question_ids for row in kept.rows(Dimension.DATASET)] == [tuple(wanted)]
    assert sorted(kept.correct_a) == sorted(kept.correct_b) == wanted
