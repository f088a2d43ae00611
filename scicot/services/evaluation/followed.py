"""What a run's own rationales argue for, set against what it answered."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, PredictionRow, QuestionRow
from scicot.pure.checks import find_argued
from scicot.pure.evaluation.followed import ArguedAnswer, Followed, count_followed
from scicot.words.records import Choice, Outcome, Question, Variant

AT_ONCE = 2000  # answers


def load_followed(session: Session, run_id: int) -> Followed:
    """Return how often a run answers what its rationale argues for, over its scored answers.

    Counted are multiple-choice questions for which it wrote a rationale; each text is read anew.
    """
    return count_followed(_each_answer(session, run_id))


def _each_answer(session: Session, run_id: int) -> Iterator[ArguedAnswer]:
    """Yield each answer with what its rationale argues for, a few rows at a time."""
    bare = _list_bare(session, run_id)
    query = (
        select(
            PredictionRow.question_id,
            PredictionRow.rationale,
            PredictionRow.label,
            PredictionRow.outcome,
            QuestionRow.stem,
            QuestionRow.choices,
            QuestionRow.answer_key,
            DatasetRow.language,
        )
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .join(DatasetRow, DatasetRow.id == QuestionRow.dataset_id)
        .where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome != Outcome.UNSCORED,
            PredictionRow.rationale != "",
            QuestionRow.answer_form.is_(None),
        )
    )
    rows = session.execute(query.execution_options(yield_per=AT_ONCE))
    for question_id, rationale, label, outcome, stem, choices, key, language in rows:
        options = tuple(Choice(choice["label"], choice["text"]) for choice in choices)
        question = Question(str(question_id), stem, options, key, language=language)
        yield ArguedAnswer(
            argued=find_argued(rationale, question),
            answered=label,
            answer_key=key,
            outcome=outcome,
            options=len(options),
            asked_bare=question_id in bare,
            bare=bare.get(question_id),
        )


def _list_bare(session: Session, run_id: int) -> dict[int, str | None]:
    """Return what was answered without a rationale, by question; None what could not be read."""
    rows = session.execute(
        select(PredictionRow.question_id, PredictionRow.label).where(
            PredictionRow.run_id == run_id, PredictionRow.variant == Variant.NO_RATIONALE
        )
    )
    return dict(list(rows))
