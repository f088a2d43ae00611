import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.pure.predictions.metrics import option_probabilities
from scicot.services.evaluation.what_if import (
    WhatIfAnswer,
    answer_draft,
    can_answer,
    describe_draft,
    to_draft,
    to_question,
    write_rationale,
)
from scicot.services.predictions.store import list_predictions
from scicot.words.errors import InvalidInput, InvalidQuestion
from scicot.words.records import Outcome, Split
from scicot.words.settings import Settings
from tests.builders import make_question
from tests.predictions import store_run
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


@pytest.mark.parametrize("method", ["sci_cot", "one_stage"])
def test_an_unedited_question_is_answered_as_in_the_run_and_an_edit_moves_the_options(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path, method: str
) -> None:
    question = prepare(session, tmp_path / "files", train=6, test=2)[Split.TEST][0]
    run = train(session, settings, tiny_config(method, tiny_t5))
    assert can_answer(session, run)
    (stored,) = list_predictions(session, run.id, question_ids=[question.id])
    draft = to_draft(question, stored.rationale)
    before = answer_draft(session, settings, run.id, question, draft)
    assert (before.output, before.label) == (stored.output, stored.label)
    assert before.probabilities == pytest.approx(
        option_probabilities(stored.option_log_likelihoods or {}), abs=1e-3
    )
    edited = replace(draft, rationale="Magnets pull iron.", stem="Which one pulls iron?")
    now = answer_draft(session, settings, run.id, question, edited)
    assert now.probabilities != before.probabilities
    assert sum(now.probabilities.values()) == pytest.approx(1.0)
    if method == "sci_cot":
        assert write_rationale(session, settings, run.id, question, draft) == stored.rationale


def test_a_run_from_elsewhere_cannot_be_asked(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    question = prepare(session, tmp_path / "files", train=2, test=2)[Split.TEST][0]
    run_id = store_run(session, [question], right=[0])
    with pytest.raises(InvalidInput, match="no student here"):
        answer_draft(session, settings, run_id, question, to_draft(question, None))


def test_an_empty_option_is_refused_by_name() -> None:
    question = make_question()
    draft = replace(to_draft(question, None), options=("One day", "", "One month", "One year"))
    with pytest.raises(InvalidQuestion, match="empty label or text"):
        to_question(question, draft)


def test_the_note_says_what_was_changed_and_what_came_of_it() -> None:

    question = make_question()
    draft = replace(to_draft(question, "Seven turns take a week."), stem="Seven turns take?")
    before = WhatIfAnswer("Old.", "A", "A", Outcome.INCORRECT, {"A": 0.6, "B": 0.4})
    now = WhatIfAnswer(draft.rationale, "B", "B", Outcome.CORRECT, {"A": 0.1, "B": 0.9})
    assert describe_draft(question, draft, before, now).splitlines() == [
        "What if",
        "Question: Seven turns take?",
        "Rationale: Seven turns take a week.",
        "Answer A -> B (key B); share of the key 40\u00a0% -> 90\u00a0%.",
    ]


def test_asking_a_student_needs_no_torch() -> None:
    code = "import sys, scicot.services.evaluation.what_if; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
