"""Rows that say whether anything was learned, and where each run's answers fall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from scicot.pure.evaluation.baselines import Baselines, Places, count_places, measure_baselines
from scicot.services.questions.lookup import list_datasets, list_questions
from scicot.words.records import Split, Variant


def load_baselines(session: Session, datasets: Sequence[str], split: Split) -> dict[str, Baselines]:
    """Return the baselines of each dataset that has labelled questions in the split."""
    known = set(list_datasets(session))
    measured = {
        dataset: measure_baselines(list_questions(session, dataset, split))
        for dataset in datasets
        if dataset in known
    }
    return {dataset: baselines for dataset, baselines in measured.items() if baselines is not None}


def load_places(session: Session, run_ids: Sequence[int]) -> dict[int, Places]:
    """Return where the answers of each run fall, from counts that the database makes."""
    rows = session.execute(
        select(PredictionRow.run_id, PredictionRow.label, QuestionRow.answer_key, func.count())
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(PredictionRow.run_id.in_(run_ids), PredictionRow.variant == Variant.MAIN)
        .group_by(PredictionRow.run_id, PredictionRow.label, QuestionRow.answer_key)
    )
    by_run: dict[int, list[tuple[str | None, str, int]]] = defaultdict(list)
    for run_id, label, answer_key, count in rows:
        by_run[run_id].append((label, answer_key, count))
    return {run_id: count_places(counts) for run_id, counts in by_run.items()}
