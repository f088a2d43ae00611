"""Answers of a cell that could not be read: on which questions, how many, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PredictionRow
from db.rows import chunks
from scicot.pure.predictions.votes import count_reasons
from scicot.services.evaluation.answered import Reading
from scicot.words.records import NoAnswer, Outcome, Variant

UnreadOf = Mapping[int, Mapping[int, NoAnswer | None]]  # why not read, by run and question


@dataclass(frozen=True, slots=True)
class Unread:
    """The share of a cell's answers, of all its seeds, that could not be read, and the reasons."""

    share: float = 0.0
    reasons: Mapping[str, int] = field(default_factory=dict)


def load_unread(session: Session, run_ids: Sequence[int], reading: Reading) -> UnreadOf:
    """Return which answers of each run could not be read; options can always be counted."""
    by_run: dict[int, dict[int, NoAnswer | None]] = defaultdict(dict)
    if reading is Reading.OPTIONS:
        return by_run
    for some in chunks(run_ids):
        rows = session.execute(
            select(
                PredictionRow.run_id, PredictionRow.question_id, PredictionRow.no_answer_reason
            ).where(
                PredictionRow.run_id.in_(some),
                PredictionRow.variant == Variant.MAIN,
                PredictionRow.outcome == Outcome.NO_ANSWER,
            )
        )
        for run_id, question_id, reason in rows:
            by_run[run_id][question_id] = reason
    return by_run


def sum_unread(unread: UnreadOf, run_ids: Sequence[int], question_ids: Collection[int]) -> Unread:
    """Return what of these runs' answers to these questions, which each answered, is unread."""
    reasons = [
        reason
        for run_id in run_ids
        for question_id, reason in unread.get(run_id, {}).items()
        if question_id in question_ids
    ]
    asked = len(run_ids) * len(question_ids)
    return Unread(len(reasons) / asked if asked else 0.0, count_reasons(reasons))
