"""Each method learns 32 questions by heart: the texts it trains on are those it answers from."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import QuestionRow
from db.session import write
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.lookup import list_questions
from scicot.services.training.snapshots import create_snapshot
from scicot.words.records import Actor, Outcome, RationaleStatus, Split, StoredQuestion
from scicot.words.settings import Settings
from tests.builders import TOPICS, store_rationale
from tests.services.training_line import tiny_config, train
from tests.tiny_students import build_tiny_t5

WORDS = ("day", "week", "month", "year")


def question_rows(dataset_id: int) -> list[QuestionRow]:
    """Each question stands in train and in test, so that test accuracy is training accuracy."""
    from scicot.adapters.clock import utc_now

    rows = []
    for split in (Split.TRAIN, Split.TEST):
        for number in range(32):
            stem = f"{TOPICS[number % 8]} {WORDS[number // 8]}?"
            rows.append(
                QuestionRow(
                    dataset_id=dataset_id,
                    split=split,
                    external_id=f"{split}-{number}",
                    position=number,
                    stem=stem,
                    choices=[{"label": "A", "text": "true"}, {"label": "B", "text": "fact"}],
                    answer_key="AB"[(number * 7 // 3) % 2],
                    content_hash=f"{split}-{number}",
                    created_at=utc_now(),
                )
            )
    return rows


@pytest.fixture
def learned(session: Session) -> list[StoredQuestion]:
    from db.models import DatasetRow
    from scicot.adapters.clock import utc_now

    with write(session):
        dataset = DatasetRow(name="demo", created_at=utc_now())
        session.add(dataset)
        session.flush()
        session.add_all(question_rows(dataset.id))
    for one in list_questions(session, "demo", Split.TRAIN):
        store_rationale(session, one, f"{one.key_text} {one.stem}", status=RationaleStatus.ACCEPTED)
    create_snapshot(session, Actor("Ada"), name="approved", dataset="demo")
    return list(list_questions(session, "demo", Split.TEST))


@pytest.mark.parametrize("method", ["finetune", "one_stage", "sci_cot", "step_by_step"])
def test_each_method_learns_32_questions_by_heart(
    session: Session, settings: Settings, learned: list[StoredQuestion], tmp_path: Path, method: str
) -> None:
    student = build_tiny_t5(tmp_path / "tiny", dropout=0.0)
    config = tiny_config(
        method,
        student,
        epochs=48,
        learning_rate=5e-3,
        tokens_per_batch=420,
        questions_per_step=8,
        selection="last",
    )
    run = train(session, settings, config)
    predictions = list_predictions(session, run.id)
    assert len(predictions) == len(learned) == 32
    assert [one.outcome for one in predictions] == [Outcome.CORRECT] * 32, run.result
