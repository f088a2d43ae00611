"""References that a stage is asked with again keep the limit that its rationales had."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.students.codec import Codec
from scicot.services.evaluation.asking import ask_variants
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run
from scicot.words.configs import AttributionConfig
from scicot.words.records import Actor, Family, RationaleStatus, StoredQuestion, Variant
from scicot.words.settings import Settings
from tests.builders import store_rationale
from tests.services.evaluation.test_attribution import (
    ScriptedStudent,
    make_context,
    questions,
    run_id,
    student,
)
from tests.tiny_students import tiny_t5

__all__ = ["questions", "run_id", "student", "tiny_t5"]

LONG = "The earth turns once a day. " * 20
SHORT = "It turns."


@pytest.mark.parametrize("limit", [None, 20])
def test_a_reference_is_cut_where_the_runs_rationales_were(
    session: Session,
    settings: Settings,
    actor: Actor,
    questions: list[StoredQuestion],
    run_id: int,
    student: ScriptedStudent,
    tiny_t5: Path,
    limit: int | None,
) -> None:
    for question, text in zip(questions, (LONG, SHORT), strict=False):
        store_rationale(session, question, text, status=RationaleStatus.ACCEPTED)
    with write(session):  # a run tells the limit that it found
        session.get_one(RunRow, run_id).result = {"max_rationale_tokens": limit}
    codec = Codec.open(tiny_t5, Family.ENCODER_DECODER)
    context = make_context(session, settings, actor, run_id)
    config = AttributionConfig(run=run_id)
    ask_variants(context, config, get_run(session, run_id), student, codec)
    session.rollback()
    given = {
        prediction.question_id: prediction.rationale
        for prediction in list_predictions(session, run_id, variant=Variant.TEACHER_RATIONALE)
    }
    whole = given[questions[0].id] or ""
    assert whole == (LONG if limit is None else codec.cut_text(LONG, limit))
    assert limit is None or codec.count_tokens(whole) <= limit
    assert given[questions[1].id] == SHORT
