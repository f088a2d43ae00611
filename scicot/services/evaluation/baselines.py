"""Rows that say whether anything was learned, and where each run's answers fall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from scicot.pure.evaluation.baselines import Baselines, Options, measure_baselines
from scicot.pure.predictions.places import Places, count_places
from scicot.services.evaluation.answered import Reading
from scicot.services.questions.lookup import find_dataset_id, list_datasets
from scicot.words.records import Outcome, Split, Variant

AT_ONCE = 2000  # questions


def load_baselines(
    session: Session, datasets: Sequence[str], split: Split, like: Mapping[str, int] | None = None
) -> dict[str, Baselines]:
    """Return the baselines of each dataset that has labelled questions in the split.

    They are of the questions that the dataset's run in `like` answered, or of the whole split.
    """
    known = set(list_datasets(session))
    measured = {
        dataset: measure_baselines(
            _each_options(
                session, find_dataset_id(session, dataset), split, (like or {}).get(dataset)
            )
        )
        for dataset in datasets
        if dataset in known
    }
    return {dataset: baselines for dataset, baselines in measured.items() if baselines is not None}


def _each_options(
    session: Session, dataset_id: int, split: Split, run_id: int | None
) -> Iterator[tuple[Options, str]]:
    """Yield the options and the key of each question, of those alone that the run answered.

    Two columns and a few at a time: records of a million questions would fill gigabytes.
    """
    query = select(QuestionRow.choices, QuestionRow.answer_key).where(
        QuestionRow.dataset_id == dataset_id, QuestionRow.split == split
    )
    if run_id is not None:
        query = query.join(PredictionRow, PredictionRow.question_id == QuestionRow.id).where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome != Outcome.UNSCORED,
        )
    for choices, answer_key in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield [(choice["label"], choice["text"]) for choice in choices], answer_key


def load_places(
    session: Session, run_ids: Sequence[int], reading: Reading = Reading.GENERATED
) -> dict[int, Places]:
    """Return where the answers of each run fall, read as told, from counts the database makes."""
    is_written = reading is Reading.GENERATED
    answer = PredictionRow.label if is_written else PredictionRow.option_label
    query = (
        select(PredictionRow.run_id, answer, QuestionRow.answer_key, func.count())
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(
            PredictionRow.run_id.in_(run_ids),
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome != Outcome.UNSCORED,
        )
        .group_by(PredictionRow.run_id, answer, QuestionRow.answer_key)
    )
    if not is_written:
        query = query.where(answer.is_not(None))
    by_run: dict[int, list[tuple[str | None, str, int]]] = defaultdict(list)
    for run_id, label, answer_key, count in session.execute(query):
        by_run[run_id].append((label, answer_key, count))
    return {run_id: count_places(counts) for run_id, counts in by_run.items()}


def load_same_place(session: Session, run_id: int) -> dict[Variant, float]:
    """Return what always the best place would give on the questions of each of a run's variants."""
    query = (
        select(PredictionRow.variant, QuestionRow.answer_key, func.count())
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(PredictionRow.run_id == run_id, PredictionRow.outcome != Outcome.UNSCORED)
        .group_by(PredictionRow.variant, QuestionRow.answer_key)
    )
    keys: dict[Variant, list[tuple[None, str, int]]] = defaultdict(list)
    for variant, answer_key, count in session.execute(query):
        keys[variant].append((None, answer_key, count))
    found = {variant: count_places(of).standing.same_place for variant, of in keys.items()}
    return {variant: share for variant, share in found.items() if share is not None}
