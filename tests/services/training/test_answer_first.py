"""Answer first: one student answers, then says why; only the answer counts."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from scicot.pure.predictions.parsing import split_answer_first
from scicot.services.evaluation.what_if import answer_draft, to_draft
from scicot.services.predictions.store import list_predictions
from scicot.words.records import Split
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


def test_the_answer_is_what_stands_before_the_rationale() -> None:
    assert split_answer_first("Answer: The answer is (B) ice Rationale: It is (C)old.") == (
        "Answer: The answer is (B) ice",
        "It is (C)old.",
    )
    assert split_answer_first("Answer: The answer is (B) ice") == (
        "Answer: The answer is (B) ice",
        None,
    )


def test_a_run_answers_and_then_explains_and_so_does_what_if(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path
) -> None:
    questions = prepare(session, tmp_path / "files", train=4, validation=1, test=2)
    # two examples again and again are learned by heart, so that outputs have their form
    config = tiny_config(
        "answer_first", tiny_t5, steps=160, learning_rate=5e-3, max_target_tokens=60
    )
    run = train(session, settings, config)
    predictions = list_predictions(session, run.id)
    assert all(one.output.startswith("Answer: The answer is") for one in predictions)
    assert all(one.rationale and one.rationale in one.output for one in predictions)
    assert all(one.option_log_likelihoods for one in predictions)
    question = questions[Split.TEST][0]
    (stored,) = list_predictions(session, run.id, question_ids=[question.id])
    answer = answer_draft(session, settings, run.id, question, to_draft(question, None))
    assert (answer.output, answer.label) == (stored.output, stored.label)
    assert answer.rationale == stored.rationale
