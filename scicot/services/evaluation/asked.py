"""Which questions a run answered, so short that runs of the same ones are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow
from db.rows import chunks
from scicot.words.records import Outcome, Variant


@dataclass(frozen=True, slots=True)
class Asked:
    """How many questions were answered, and which, by what their ids come to.

    Two runs that are equal in all four answered the same questions.
    """

    questions: int
    total: int
    lowest: int
    highest: int


def load_asked(session: Session, run_ids: Sequence[int]) -> dict[int, Asked]:
    """Return the scored questions that each run answered; runs without answers are left out."""
    asked: dict[int, Asked] = {}
    question = PredictionRow.question_id
    for part in chunks(run_ids):
        rows = session.execute(
            select(
                PredictionRow.run_id,
                func.count(),
                func.sum(cast(question, BigInteger)),
                func.min(question),
                func.max(question),
            )
            .where(
                PredictionRow.run_id.in_(part),
                PredictionRow.variant == Variant.MAIN,
                PredictionRow.outcome != Outcome.UNSCORED,
            )
            .group_by(PredictionRow.run_id)
        )
        asked |= {
            run_id: Asked(count, int(total), lowest, highest)
            for run_id, count, total, lowest, highest in rows
        }
    return asked


def say_asked(given: Asked, expected: Asked) -> str:
    """Return how a run's questions are unlike those expected, empty where they are the same."""
    if given == expected:
        return ""
    if given.questions == expected.questions:
        return f"{given.questions:,} other questions"
    return f"questions {given.questions:,} against {expected.questions:,}"
