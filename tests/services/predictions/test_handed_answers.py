"""The handed outputs whose answers are easily lost, through a real import."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.predictions.files import import_predictions
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.imports import import_questions
from scicot.words.records import Actor, Outcome, Split


@pytest.mark.parametrize(
    ("folder", "file"),
    [("10-options-nearly-alike", "near-Test.jsonl"), ("11-answer-forms", "forms-Test.jsonl")],
)
def test_every_handed_output_states_the_right_answer(
    session: Session, actor: Actor, cases_folder: Path, folder: str, file: str
) -> None:
    import_questions(session, actor, str(cases_folder / folder / file), dataset="handed")
    done = import_predictions(
        session,
        actor,
        cases_folder / folder / "outputs.jsonl",
        dataset="handed",
        split=Split.TEST,
        name="peer",
    )
    outcomes = [prediction.outcome for prediction in list_predictions(session, done.run)]
    assert len(outcomes) >= 3
    assert set(outcomes) == {Outcome.CORRECT}
