"""Rows that say whether anything was learned, and where each run's answers fall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from scicot.pure.evaluation.baselines import Baselines, measure_baselines
from scicot.pure.predictions.places import Places, count_places
from scicot.services.evaluation.asked import list_asked
from scicot.services.questions.lookup import list_datasets, list_questions
from scicot.words.records import Outcome, Split, Variant


def load_baselines(
    session: Session, datasets: Sequence[str], split: Split, like: Mapping[str, int] | None = None
) -> dict[str, Baselines]:
    """Return the baselines of each dataset that has labelled questions in the split.

    They are of the questions that the dataset's run in `like` answered, or of the whole split.
    """
    known = set(list_datasets(session))
    measured = {}
    for dataset in datasets:
        if dataset not in known:
            continue
        questions = list_questions(session, dataset, split)
        if like and dataset in like:
            answered = list_asked(session, like[dataset])
            questions = [question for question in questions if question.id in answered]
        measured[dataset] = measure_baselines(questions)
    return {dataset: baselines for dataset, baselines in measured.items() if baselines is not None}


def load_places(session: Session, run_ids: Sequence[int]) -> dict[int, Places]:
    """Return where the answers of each run fall, from counts that the database makes."""
    rows = session.execute(
        select(PredictionRow.run_id, PredictionRow.label, QuestionRow.answer_key, func.count())
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(
            PredictionRow.run_id.in_(run_ids),
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome != Outcome.UNSCORED,
        )
        .group_by(PredictionRow.run_id, PredictionRow.label, QuestionRow.answer_key)
    )
    by_run: dict[int, list[tuple[str | None, str, int]]] = defaultdict(list)
    for run_id, label, answer_key, count in rows:
        by_run[run_id].append((label, answer_key, count))
    return {run_id: count_places(counts) for run_id, counts in by_run.items()}
