"""Runs with made-up predictions, for the tests of whatever reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from db.models import ExperimentRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.runs import create_run
from scicot.words.configs import TrainingConfig
from scicot.words.records import (
    Actor,
    NoAnswer,
    Outcome,
    Prediction,
    RunKind,
    RunStatus,
    StoredQuestion,
    Variant,
)


def store_experiment(session: Session, name: str, config: Mapping[str, Any] | None = None) -> int:
    """Store an experiment without runs and return its number."""
    with write(session):
        row = ExperimentRow(name=name, config=config or {}, actor="Ada", created_at=utc_now())
        session.add(row)
        session.flush()
        return row.id


def wrong_label(question: StoredQuestion) -> str:
    return next(label for label in question.labels if label != question.answer_key)


def make_prediction(
    question: StoredQuestion,
    *,
    is_right: bool,
    is_readable: bool = True,
    option_is_right: bool | None = None,
    rationale: str | None = "Because the fact says so.",
    variant: Variant = Variant.MAIN,
) -> Prediction:
    label = question.answer_key if is_right else wrong_label(question)
    option_is_right = is_right if option_is_right is None else option_is_right
    option_label = question.answer_key if option_is_right else wrong_label(question)
    scores = {one: -1.0 if one == option_label else -3.0 for one in question.labels}
    if not is_readable:
        return Prediction(
            question.id, rationale, "Hm.", None, Outcome.NO_ANSWER, variant, scores, option_label
        )
    outcome = Outcome.CORRECT if is_right else Outcome.INCORRECT
    output = f"Answer: The answer is ({label}) {question.choice_text(label)}"
    return Prediction(question.id, rationale, output, label, outcome, variant, scores, option_label)


def store_run(
    session: Session,
    questions: Sequence[StoredQuestion],
    *,
    right: Collection[int],
    unreadable: Collection[int] = (),
    options_right: Collection[int] | None = None,
    name: str = "made",
    method: str | None = None,
    config: Mapping[str, Any] | None = None,
    experiment_id: int | None = None,
    status: RunStatus = RunStatus.DONE,
) -> int:
    """Store a finished run that has the questions at these places right."""
    run_id = create_run(
        session,
        Actor("Ada"),
        kind=RunKind.TRAIN if method else RunKind.IMPORTED,
        name=name,
        config=dict(config or {}),
        dataset_id=find_dataset_id(session, questions[0].dataset),
        method=method,
        experiment_id=experiment_id,
        status=status,
    )
    predictions = [
        make_prediction(
            question,
            is_right=place in right,
            is_readable=place not in unreadable,
            option_is_right=None if options_right is None else place in options_right,
        )
        for place, question in enumerate(questions)
    ]
    store_predictions(session, run_id, predictions)
    return run_id


def leave_unread(
    session: Session,
    run_id: int,
    questions: Sequence[StoredQuestion],
    reasons: Sequence[NoAnswer],
) -> None:
    """Let a stored run's answers to the first of the questions be unreadable, for these reasons."""
    unread = [
        replace(make_prediction(one, is_right=False, is_readable=False), no_answer_reason=reason)
        for one, reason in zip(questions, reasons, strict=False)
    ]
    store_predictions(session, run_id, unread, replace=True)


def store_trained(
    session: Session,
    questions: Sequence[StoredQuestion],
    config: TrainingConfig,
    right: Collection[int] = (0,),
) -> int:
    """Store a finished training run of these settings."""
    return store_run(
        session,
        questions,
        right=right,
        method=config.method,
        config=config.model_dump(mode="json"),
    )
