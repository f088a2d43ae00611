"""What a run's second stage learned from and is asked with: measured when all is trained."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from scicot.pure.evaluation.between_stages import LEARNED_FROM, ReadTexts, measure_texts
from scicot.pure.methods.plan import Reads
from scicot.pure.methods.registry import plan_of
from scicot.services.predictions.store import flag_rationales
from scicot.services.questions.lookup import (
    count_questions,
    dataset_named,
    get_questions,
    list_questions,
)
from scicot.services.rationales.references import list_references
from scicot.services.students.answers import answer_questions, answer_with, as_read
from scicot.services.training.data import TrainingData
from scicot.services.training.methods import MethodTraining
from scicot.words.configs import TrainingConfig
from scicot.words.records import Origin, Prediction, Split, StoredQuestion

TRAINING_SAMPLE = 64  # questions seen in training that are asked again: were they learned at all?
UNSEEN_SAMPLE = 64  # validation questions that are asked for this alone, in a run on test
GIVEN_PASSES = 2  # a text to write and its options to score, where the rationale is there
T = TypeVar("T")


def spread(questions: Sequence[T], most: int) -> Sequence[T]:
    """Return so many at most, taken evenly from all."""
    return questions[:: max(1, len(questions) // most)][:most]


def count_asked(session: Session, config: TrainingConfig, data: TrainingData) -> int:
    """Return the work after training in questions, as a run's progress counts it.

    That is the split measured on, the training sample, and what `measure_between` asks.
    """
    stored = count_questions(session)[dataset_named(session, config.dataset)]
    asked = stored.get(config.evaluate_on, 0)
    asked = min(asked, config.limit_test or asked)
    sample = len(spread(data.train, TRAINING_SAMPLE))
    answers = plan_of(config).answers
    work = answers.passes * (asked + sample)
    reads = answers.answer.task.reads
    if reads is None or not sample:
        return work
    if config.evaluate_on != "validation":
        unseen = spread(range(stored.get("validation", 0)), UNSEEN_SAMPLE)
        work += answers.passes * len(unseen)
    return work + GIVEN_PASSES * sample * len(_given(reads))


def measure_between(
    training: MethodTraining,
    sample: Sequence[StoredQuestion],
    seen: Sequence[Prediction],
    answered: Sequence[Prediction],
) -> dict[str, Any] | None:
    """Return overlap, flags and accuracy by kind of question; None without a stage that reads.

    `seen` are the predictions of the training sample, `answered` those of the split that the run
    is measured on. A run on test asks some validation questions too, where there are any.
    """
    reads = training.plan.answers.answer.task.reads
    if reads is None or not sample:
        return None
    began = time.monotonic()
    kinds: dict[str, Sequence[Prediction]] = {"training": seen}
    for kind in _given(reads):
        texts = training.data.rationales if kind == "teacher" else training.read[reads]
        if kind == "teacher":
            _count_teacher(training, sample)
        kinds[kind] = _answer_from(training, texts, sample)
    kinds |= _unseen(training, answered)
    training.watcher.finish_part("between the stages", time.monotonic() - began)
    measured = {kind: _measure(training, predictions) for kind, predictions in kinds.items()}
    return {
        "learned_from": LEARNED_FROM[reads.training],
        "kinds": {kind: texts for kind, texts in measured.items() if texts is not None},
    }


def _given(reads: Reads) -> Sequence[str]:
    """Return whose texts of training questions stage 2 is asked with, beside its own student's.

    The snapshot's are the yardstick for the others: what the checks say of them, and how often they
    lead to the key.
    """
    return ("cross_fit", "teacher") if reads.training == "cross_fit" else ("teacher",)


def _answer_from(
    training: MethodTraining, texts: Mapping[int, str], sample: Sequence[StoredQuestion]
) -> list[Prediction]:
    given = {question.id: texts.get(question.id) for question in sample}
    training.answering.split = "training sample"
    return answer_with(training.answering, training.stages, sample, given)  # counted before


def _count_teacher(training: MethodTraining, sample: Sequence[StoredQuestion]) -> None:
    """Count what the snapshot's texts lost that the sample is asked with."""
    for question in sample:
        text = training.data.snapshot.get(question.id)
        as_read(training.config, text, training.answering.cuts, "teacher, training sample")


def _unseen(
    training: MethodTraining, answered: Sequence[Prediction]
) -> Mapping[str, Sequence[Prediction]]:
    config, answering = training.config, training.answering
    if config.evaluate_on == "validation":
        return {config.evaluate_on: answered}
    questions = answering.watcher.context.patiently(
        lambda session: list_questions(session, config.dataset, Split.VALIDATION)
    )
    if not questions:
        return {config.evaluate_on: answered}
    answering.split = "validation sample"
    asked = spread(questions, UNSEEN_SAMPLE)
    return {"validation": answer_questions(answering, training.stages, asked)}


def _measure(training: MethodTraining, predictions: Sequence[Prediction]) -> dict[str, Any] | None:
    """Return what stage 2 was given, as it read it, beside references read alike."""
    ids = [prediction.question_id for prediction in predictions]
    config = training.config
    given = [
        replace(prediction, rationale=as_read(config, prediction.rationale))
        for prediction in predictions
    ]

    def measure(session: Session) -> ReadTexts | None:
        references = list_references(session, ids, Origin.TEACHER, only_reviewed=True)
        references |= list_references(session, ids, Origin.HUMAN, only_reviewed=True)
        whole = references | dict(training.data.snapshot)
        alike = {key: as_read(config, text) or "" for key, text in whole.items()}
        asked = get_questions(session, ids)
        return measure_texts(given, flag_rationales(session, given), alike, asked)

    texts = training.answering.watcher.context.patiently(measure)
    return texts.as_result() if texts else None
