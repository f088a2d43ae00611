"""What a run answered, read once and held small, for all comparisons that it stands in."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from scicot.pure.predictions.metrics import Score
from scicot.pure.predictions.places import Standing, count_places
from scicot.pure.predictions.votes import sum_reasons
from scicot.services.predictions.store import count_predictions
from scicot.services.runs.runs import get_run
from scicot.words.errors import InvalidInput
from scicot.words.records import NoAnswer, Outcome, Variant
from scicot.words.runs import RunView

AT_ONCE = 2000  # answers


class Reading(StrEnum):
    """What counts as a run's answer: the one it wrote, or the option it finds most likely."""

    GENERATED = "generated"
    OPTIONS = "options"


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer came to, without its question: most of a run's are alike."""

    outcome: Outcome
    label: str | None
    answer_key: str
    reason: NoAnswer | None = None  # why the answer could not be read


@dataclass(frozen=True, slots=True)
class Answered:
    """A run's scored answers.

    `question_ids` is int64 `[answers]`, ascending; `kinds`, of the same shape, says which of `read`
    each came to.
    """

    view: RunView
    question_ids: NDArray[np.int64]
    kinds: NDArray[np.int64]
    read: Sequence[Read]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer is right, `[answers]`."""
        is_right = [read.outcome is Outcome.CORRECT for read in self.read]
        return np.array(is_right, dtype=bool)[self.kinds]

    @property
    def score(self) -> Score:
        """What these answers come to."""
        counts = self._counts()
        return Score(
            n=sum(count for _, count in counts),
            correct=sum(count for read, count in counts if read.outcome is Outcome.CORRECT),
            no_answer=sum(count for read, count in counts if read.outcome is Outcome.NO_ANSWER),
        )

    @property
    def reasons(self) -> dict[str, int]:
        """Why answers could not be read, and how often."""
        return sum_reasons((read.reason, count) for read, count in self._counts())

    @property
    def standing(self) -> Standing:
        """What one place always would give on these questions, and where the answers fall."""
        return count_places(
            (read.label, read.answer_key, count) for read, count in self._counts()
        ).standing

    def keep(self, question_ids: NDArray[np.int64]) -> Answered:
        """Return the answers to these questions alone, `[questions]` in any order."""
        kept = np.isin(self.question_ids, question_ids)
        return Answered(self.view, self.question_ids[kept], self.kinds[kept], self.read)

    def _counts(self) -> list[tuple[Read, int]]:
        counts = np.bincount(self.kinds, minlength=len(self.read))
        return [(read, int(count)) for read, count in zip(self.read, counts, strict=True)]


def load_answered(session: Session, run_id: int, reading: Reading) -> Answered:
    """Return what a run answered, read as told.

    Two numbers are kept of an answer: records of a million would fill hundreds of megabytes.
    Raises NotFound for the run, InvalidInput when it has nothing to compare.
    """
    run = get_run(session, run_id)
    is_written = reading is Reading.GENERATED
    label = PredictionRow.label if is_written else PredictionRow.option_label
    query = (
        select(
            PredictionRow.question_id,
            PredictionRow.outcome,
            label,
            QuestionRow.answer_key,
            PredictionRow.no_answer_reason,
        )
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome != Outcome.UNSCORED,
        )
        .order_by(PredictionRow.question_id)
    )
    if not is_written:
        query = query.where(label.is_not(None))
    places: dict[tuple[Outcome, str | None, str, NoAnswer | None], int] = {}
    question_ids, kinds = array("q"), array("q")
    rows = session.execute(query.execution_options(yield_per=AT_ONCE))
    for question_id, outcome, given, key, reason in rows:
        question_ids.append(question_id)
        kinds.append(places.setdefault((outcome, given, key, reason), len(places)))
    if not question_ids:
        raise InvalidInput(_say_nothing(session, run, reading))
    read = [
        Read(outcome, given, key, reason)
        if is_written
        else Read(_of_option(given, key), given, key)
        for outcome, given, key, reason in places
    ]
    return Answered(run, np.array(question_ids), np.array(kinds), read)


def _of_option(label: str | None, answer_key: str) -> Outcome:
    return Outcome.CORRECT if label == answer_key else Outcome.INCORRECT


def _say_nothing(session: Session, run: RunView, reading: Reading) -> str:
    """Return why a run cannot be compared, and what to do."""
    if reading is Reading.GENERATED and count_predictions(session, run.id):
        return (
            f"Run {run.id} ({run.name}) answered questions whose keys are not known. Its "
            "predictions can be exported, not scored."
        )
    if reading is Reading.OPTIONS and count_predictions(session, run.id):
        return (
            f"Run {run.id} ({run.name}) has no option scores. Count the answers that it wrote, or "
            "choose a run whose options were scored."
        )
    return f"Run {run.id} ({run.name}) has answered no question. Choose a run that is done."
