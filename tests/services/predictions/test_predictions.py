from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.predictions.store import list_outcomes, list_predictions, store_predictions
from scicot.services.runs.runs import create_run
from scicot.words.records import Actor, Outcome, Prediction, RunKind, RunStatus, Split, Variant
from tests.builders import store_questions


@pytest.fixture
def question_ids(session: Session, tmp_path: Path) -> list[int]:
    questions = store_questions(session, tmp_path / "files")[Split.TEST]
    return [one.id for one in questions]


@pytest.fixture
def run_id(session: Session, actor: Actor) -> int:
    return create_run(
        session, actor, kind=RunKind.IMPORTED, name="made", config={}, status=RunStatus.DONE
    )


def predict(question_id: int, label: str | None = "A", **fields: object) -> Prediction:
    values = {
        "rationale": None,
        "output": f"The answer is ({label})",
        "outcome": Outcome.INCORRECT if label else Outcome.NO_ANSWER,
    } | fields
    return Prediction(question_id=question_id, label=label, **values)  # type: ignore[arg-type]


def test_predictions_are_read_back_as_they_were_stored(
    session: Session, run_id: int, question_ids: list[int]
) -> None:
    wanted = [
        predict(
            one,
            rationale="Because.",
            option_log_likelihoods={"A": -1.5, "B": -2.0},
            option_label="A",
        )
        for one in question_ids
    ]
    assert store_predictions(session, run_id, wanted) == len(wanted)
    assert list_predictions(session, run_id) == wanted


def test_storing_twice_adds_nothing_and_keeps_the_first(
    session: Session, run_id: int, question_ids: list[int]
) -> None:
    store_predictions(session, run_id, [predict(question_ids[0], "A")])
    assert store_predictions(session, run_id, [predict(question_ids[0], "B")]) == 0
    assert [one.label for one in list_predictions(session, run_id)] == ["A"]


def test_replace_takes_the_new_values(
    session: Session, run_id: int, question_ids: list[int]
) -> None:
    store_predictions(session, run_id, [predict(question_ids[0], "A")])
    store_predictions(session, run_id, [predict(question_ids[0], "B")], replace=True)
    assert [one.label for one in list_predictions(session, run_id)] == ["B"]


def test_variants_stand_beside_the_main_prediction(
    session: Session, run_id: int, question_ids: list[int]
) -> None:
    first = question_ids[0]
    store_predictions(
        session,
        run_id,
        [predict(first), predict(first, None, variant=Variant.NO_RATIONALE)],
    )
    assert list_outcomes(session, run_id) == {first: Outcome.INCORRECT}
    assert list_outcomes(session, run_id, Variant.NO_RATIONALE) == {first: Outcome.NO_ANSWER}
