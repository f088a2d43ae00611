"""Predictions: what each run answered to each question, stored once."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow
from db.rows import chunks, insert_or_keep, insert_or_replace
from db.session import write
from scicot.pure.checks import find_flags
from scicot.services.questions.lookup import get_questions
from scicot.words.records import NoAnswer, Outcome, Prediction, Variant


def store_predictions(
    session: Session, run_id: int, predictions: Sequence[Prediction], *, replace: bool = False
) -> int:
    """Store predictions and return how many were new.

    Unique by (run, question, variant): one that is there already is left as it is, or takes the
    new values with `replace`. Written in short transactions, between which other writers come in.
    """
    added = 0
    for batch in chunks(predictions):
        flags = flag_rationales(session, batch)
        with write(session):
            added += add_predictions(session, run_id, batch, flags, replace=replace)
    return added


def flag_rationales(
    session: Session, predictions: Sequence[Prediction]
) -> list[Sequence[str] | None]:
    """Return the ids of the checks that each rationale sets off; None where there is none.

    A student writes no more than its run's limit, so none of its texts is too long.
    """
    explained = [prediction.question_id for prediction in predictions if prediction.rationale]
    questions = get_questions(session, explained)
    return [
        list(
            dict.fromkeys(
                flag.check for flag in find_flags(prediction.rationale, question, sys.maxsize)
            )
        )
        if prediction.rationale and (question := questions.get(prediction.question_id))
        else None
        for prediction in predictions
    ]


def add_predictions(
    session: Session,
    run_id: int,
    predictions: Sequence[Prediction],
    flags: Sequence[Sequence[str] | None],
    *,
    replace: bool = False,
) -> int:
    """Add predictions inside the caller's `write(session)` and return how many were new.

    `flags` are what `flag_rationales` found, in the same order.
    """
    rows = [
        _to_values(run_id, prediction) | {"flags": raised}
        for prediction, raised in zip(predictions, flags, strict=True)
    ]
    before = _stored(session, run_id, rows)
    if replace:
        insert_or_replace(session, PredictionRow, rows, keys=("run_id", "variant", "question_id"))
    else:
        insert_or_keep(session, PredictionRow, rows)
    return sum((row["variant"], row["question_id"]) not in before for row in rows)


def _to_values(run_id: int, prediction: Prediction) -> dict[str, Any]:
    scores, letters = prediction.option_log_likelihoods, prediction.letter_log_likelihoods
    return {
        "run_id": run_id,
        "question_id": prediction.question_id,
        "variant": prediction.variant,
        "rationale": prediction.rationale,
        "output": prediction.output,
        "label": prediction.label,
        "outcome": prediction.outcome,
        "no_answer_reason": prediction.no_answer_reason,
        "votes": dict(prediction.votes) if prediction.votes is not None else None,
        "option_log_likelihoods": dict(scores) if scores is not None else None,
        "option_label": prediction.option_label,
        "letter_log_likelihoods": dict(letters) if letters is not None else None,
    }


def _stored(
    session: Session, run_id: int, rows: Sequence[Mapping[str, Any]]
) -> set[tuple[Variant, int]]:
    ids = [row["question_id"] for row in rows]
    stored: set[tuple[Variant, int]] = set()
    for some in chunks(ids):
        query = select(PredictionRow.variant, PredictionRow.question_id).where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant.in_({row["variant"] for row in rows}),
            PredictionRow.question_id.in_(some),
        )
        stored |= {(variant, question_id) for variant, question_id in session.execute(query)}
    return stored


def list_predictions(
    session: Session,
    run_id: int,
    *,
    variant: Variant = Variant.MAIN,
    question_ids: Sequence[int] | None = None,
) -> list[Prediction]:
    """Return a run's predictions in question order, or those of the questions named."""
    query = select(PredictionRow).where(
        PredictionRow.run_id == run_id, PredictionRow.variant == variant
    )
    if question_ids is not None:
        query = query.where(PredictionRow.question_id.in_(question_ids))
    rows = session.scalars(query.order_by(PredictionRow.question_id))
    return [to_prediction(row) for row in rows]


def to_prediction(row: PredictionRow) -> Prediction:
    """Return a stored prediction as the record."""
    return Prediction(
        question_id=row.question_id,
        rationale=row.rationale,
        output=row.output,
        label=row.label,
        outcome=row.outcome,
        no_answer_reason=row.no_answer_reason,
        votes=row.votes,
        variant=row.variant,
        option_log_likelihoods=row.option_log_likelihoods,
        option_label=row.option_label,
        letter_log_likelihoods=row.letter_log_likelihoods,
    )


def list_outcomes(
    session: Session, run_id: int, variant: Variant = Variant.MAIN
) -> dict[int, Outcome]:
    """Return a run's outcome by question id; read off one index, no text."""
    rows = session.execute(
        select(PredictionRow.question_id, PredictionRow.outcome).where(
            PredictionRow.run_id == run_id, PredictionRow.variant == variant
        )
    )
    return dict(list(rows))


def list_no_answer_reasons(
    session: Session, run_id: int, variant: Variant = Variant.MAIN
) -> list[NoAnswer | None]:
    """Return why answers of a run could not be read, one by one."""
    rows = session.scalars(
        select(PredictionRow.no_answer_reason).where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == variant,
            PredictionRow.outcome == Outcome.NO_ANSWER,
        )
    )
    return list(rows)


def count_predictions(session: Session, run_id: int, variant: Variant = Variant.MAIN) -> int:
    """Return how many questions a run has answered."""
    count = session.scalar(
        select(func.count()).where(PredictionRow.run_id == run_id, PredictionRow.variant == variant)
    )
    return count or 0


def count_answers(session: Session, run_id: int) -> int:
    """Return how many answers a run has under all its variants."""
    return session.scalar(select(func.count()).where(PredictionRow.run_id == run_id)) or 0
