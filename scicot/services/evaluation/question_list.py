"""The questions that chosen runs answered, in short: how each went, and what marks it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from scicot.services.evaluation.tags import list_tagged
from scicot.words.records import Outcome, Variant


class Only(StrEnum):
    """What a listed question must have, beside having been asked."""

    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    FLAGGED = "flagged"
    DISAGREEING = "disagreeing"
    TAGGED = "tagged"


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One question in a list; `outcomes` are the runs' in order, None where it was not asked."""

    id: int
    external_id: str
    stem: str
    outcomes: tuple[Outcome | None, ...]
    is_flagged: bool
    is_tagged: bool

    def has(self, wanted: Only) -> bool:
        """Return whether the question has what is wanted, in any of the runs."""
        if wanted is Only.WRONG:
            return Outcome.INCORRECT in self.outcomes
        if wanted is Only.NO_ANSWER:
            return Outcome.NO_ANSWER in self.outcomes
        if wanted is Only.FLAGGED:
            return self.is_flagged
        if wanted is Only.TAGGED:
            return self.is_tagged
        return len({outcome is Outcome.CORRECT for outcome in self.outcomes if outcome}) > 1

    def mentions(self, text: str) -> bool:
        """Return whether the id or the stem holds the text, whatever the case."""
        return text.casefold() in f"{self.external_id}\n{self.stem}".casefold()


def list_answered(session: Session, run_ids: Sequence[int]) -> list[AnsweredQuestion]:
    """Return the questions that any of the runs answered, in id order."""
    rows = session.execute(
        select(
            PredictionRow.run_id,
            PredictionRow.question_id,
            PredictionRow.outcome,
            PredictionRow.flags,
        ).where(PredictionRow.run_id.in_(run_ids), PredictionRow.variant == Variant.MAIN)
    )
    outcomes: dict[int, dict[int, Outcome]] = {}
    flagged: set[int] = set()
    for run_id, question_id, outcome, flags in rows:
        outcomes.setdefault(question_id, {})[run_id] = outcome
        if flags:
            flagged.add(question_id)
    tagged = {key for run_id in run_ids for key in list_tagged(session, run_id)}
    asked = (
        select(PredictionRow.question_id)
        .where(PredictionRow.run_id.in_(run_ids), PredictionRow.variant == Variant.MAIN)
        .scalar_subquery()
    )
    questions = session.execute(
        select(QuestionRow.id, QuestionRow.external_id, QuestionRow.stem)
        .where(QuestionRow.id.in_(asked))
        .order_by(QuestionRow.id)
    )
    return [
        AnsweredQuestion(
            id=question_id,
            external_id=external_id,
            stem=stem,
            outcomes=tuple(outcomes[question_id].get(run_id) for run_id in run_ids),
            is_flagged=question_id in flagged,
            is_tagged=question_id in tagged,
        )
        for question_id, external_id, stem in questions
    ]


def choose_answered(
    questions: Sequence[AnsweredQuestion], wanted: Collection[Only], text: str
) -> list[AnsweredQuestion]:
    """Return the questions that have all that is wanted and mention the text."""
    return [
        question
        for question in questions
        if all(question.has(only) for only in wanted) and (not text or question.mentions(text))
    ]
