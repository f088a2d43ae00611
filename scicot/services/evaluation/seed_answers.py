"""What runs answered, read in a few statements however many runs there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from scicot.pure.evaluation.crossed import Answers, Groups
from scicot.pure.predictions.places import Standing
from scicot.services.evaluation.baselines import load_places
from scicot.services.evaluation.comparison import Reading
from scicot.words.records import Outcome, Variant

AT_ONCE = 500  # ids a query


@dataclass(frozen=True, slots=True)
class SeedAnswers:
    """Whether runs have each question right, its group, and where their answers fall; by run."""

    answers: Mapping[int, Answers]
    groups: Groups
    standings: Mapping[int, Standing]


def load_seeds(session: Session, run_ids: Sequence[int], reading: Reading) -> SeedAnswers:
    """Return what these runs answered, for comparisons of any of them."""
    answers = load_answers(session, run_ids, reading)
    asked = {key for of in answers.values() for key in of}
    places = load_places(session, run_ids)
    standings = {run_id: those.standing for run_id, those in places.items()}
    return SeedAnswers(answers, list_groups(session, asked), standings)


def load_answers(
    session: Session, run_ids: Sequence[int], reading: Reading = Reading.GENERATED
) -> dict[int, Answers]:
    """Return whether each run has each question right, by run; runs without answers are left out.

    By options only questions whose options were scored count.
    """
    by_run: dict[int, dict[int, bool]] = defaultdict(dict)
    for start in range(0, len(run_ids), AT_ONCE):
        rows = session.execute(
            select(
                PredictionRow.run_id,
                PredictionRow.question_id,
                PredictionRow.outcome,
                PredictionRow.option_label,
                QuestionRow.answer_key,
            )
            .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
            .where(
                PredictionRow.run_id.in_(run_ids[start : start + AT_ONCE]),
                PredictionRow.variant == Variant.MAIN,
                PredictionRow.outcome != Outcome.UNSCORED,
            )
        )
        for run_id, question_id, outcome, option_label, answer_key in rows:
            if reading is Reading.GENERATED:
                by_run[run_id][question_id] = outcome is Outcome.CORRECT
            elif option_label is not None:
                by_run[run_id][question_id] = option_label == answer_key
    return dict(by_run)


def list_groups(session: Session, question_ids: Iterable[int]) -> Groups:
    """Return the group of each question that shares a passage or a family with others."""
    wanted = list(question_ids)
    groups: dict[int, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = session.execute(
            select(QuestionRow.id, QuestionRow.group).where(
                QuestionRow.id.in_(wanted[start : start + AT_ONCE]), QuestionRow.group.is_not(None)
            )
        )
        groups |= {question_id: group for question_id, group in rows if group is not None}
    return groups
