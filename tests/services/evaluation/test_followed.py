from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.pure.evaluation.followed import FollowedCounts
from scicot.services.evaluation.baselines import load_same_place
from scicot.services.evaluation.followed import load_followed
from scicot.services.predictions.store import store_predictions
from scicot.words.records import Outcome, Prediction, Split, StoredQuestion, Variant
from tests.builders import store_questions
from tests.predictions import make_prediction, store_run


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=6)[Split.TEST])


def answer(
    question: StoredQuestion, answered: str, argued: str | None, variant: Variant = Variant.MAIN
) -> Prediction:
    """A prediction of this label, whose text repeats the words of the option it argues for."""
    text = "It is dark." if argued is None else f"It is the {question.choice_text(argued)}."
    made = make_prediction(
        question, is_right=answered == question.answer_key, rationale=text, variant=variant
    )
    return replace(made, label=answered)


def test_what_stored_rationales_argue_for_is_set_against_the_stored_answers(
    session: Session, questions: list[StoredQuestion]
) -> None:
    run_id = store_run(session, questions, right=[], method="sci_cot")
    keys = [question.answer_key for question in questions]  # A, B, C, D, A, B
    store_predictions(
        session,
        run_id,
        [
            answer(questions[0], keys[0], keys[0]),
            answer(questions[1], "C", "A"),  # both wrong, and not the same
            answer(questions[2], "A", "A"),
            answer(questions[3], keys[3], None),
            replace(answer(questions[4], keys[4], None), rationale=None),
            replace(answer(questions[5], keys[5], keys[5]), outcome=Outcome.UNSCORED),
            answer(questions[1], "A", "A", Variant.NO_RATIONALE),
        ],
        replace=True,
    )
    found = load_followed(session, run_id)
    assert found.key == FollowedCounts(followed=1, right=1)
    assert found.other == FollowedCounts(followed=1, wrong=2)
    assert found.unknown == FollowedCounts(right=1)
    assert (found.asked_bare, found.with_own, found.without) == (1, 0, 1)


def test_the_best_place_is_that_of_the_questions_which_a_variant_was_asked(
    session: Session, questions: list[StoredQuestion]
) -> None:
    run_id = store_run(session, questions, right=[0], method="sci_cot")  # keys A, B, C, D, A, B
    asked = [
        make_prediction(question, is_right=False, variant=Variant.NO_RATIONALE)
        for question in questions[1:4]
    ]
    store_predictions(session, run_id, asked)
    assert load_same_place(session, run_id) == {
        Variant.MAIN: pytest.approx(2 / 6),
        Variant.NO_RATIONALE: pytest.approx(1 / 3),
    }
