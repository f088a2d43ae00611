"""What runs answered, read in a few statements however many runs there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from db.rows import chunks
from scicot.pure.evaluation.crossed import Answers, Groups
from scicot.pure.predictions.places import Standing
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.baselines import load_places
from scicot.services.evaluation.unread import UnreadOf, load_unread
from scicot.words.records import Outcome, Variant

AT_ONCE = 500  # ids a query


@dataclass(frozen=True, slots=True)
class SeedAnswers:
    """Whether each run has a question right, its group, where its answers fall, what is unread."""

    answers: Mapping[int, Answers]
    groups: Groups
    standings: Mapping[int, Standing]
    unread: UnreadOf


def load_seeds(session: Session, run_ids: Sequence[int], reading: Reading) -> SeedAnswers:
    """Return what these runs answered, for comparisons of any of them."""
    answers = load_answers(session, run_ids, reading)
    places = load_places(session, run_ids, reading)
    standings = {run_id: those.standing for run_id, those in places.items()}
    unread = load_unread(session, run_ids, reading)
    return SeedAnswers(answers, list_groups(session, run_ids), standings, unread)


def load_answers(
    session: Session, run_ids: Sequence[int], reading: Reading = Reading.GENERATED
) -> dict[int, Answers]:
    """Return whether each run has each question right, by run; runs without answers are left out.

    By options only questions whose options were scored count.
    """
    return load_both(session, run_ids)[reading]


def load_both(session: Session, run_ids: Sequence[int]) -> dict[Reading, dict[int, Answers]]:
    """Return whether each run has each question right, as written and by options, read once."""
    written: dict[int, dict[int, bool]] = defaultdict(dict)
    likely: dict[int, dict[int, bool]] = defaultdict(dict)
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
            written[run_id][question_id] = outcome is Outcome.CORRECT
            if option_label is not None:
                likely[run_id][question_id] = option_label == answer_key
    return {Reading.GENERATED: dict(written), Reading.OPTIONS: dict(likely)}


def count_answers(session: Session, run_id: int) -> tuple[int, int]:
    """Return how many scored answers of a run are right, and how many there are."""
    rows = session.execute(
        select(PredictionRow.outcome, func.count())
        .where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome != Outcome.UNSCORED,
        )
        .group_by(PredictionRow.outcome)
    )
    counts = dict(list(rows))
    return counts.get(Outcome.CORRECT, 0), sum(counts.values())


def has_groups(session: Session, run_ids: Sequence[int]) -> bool:
    """Return whether any question of the runs shares a passage or a family with others."""
    return session.execute(_grouped(run_ids).limit(1)).first() is not None


def list_groups(session: Session, run_ids: Sequence[int]) -> Groups:
    """Return the group of each question of the runs that shares a passage or a family."""
    groups: dict[int, str] = {}
    for some in chunks(run_ids):
        rows = session.execute(_grouped(some).distinct())
        groups |= {question_id: group for question_id, group in rows if group is not None}
    return groups


def _grouped(run_ids: Sequence[int]) -> Select[int, str | None]:
    """Return the query of the questions with a group that the runs answered."""
    return (
        select(QuestionRow.id, QuestionRow.group)
        .join(PredictionRow, PredictionRow.question_id == QuestionRow.id)
        .where(
            PredictionRow.run_id.in_(run_ids),
            PredictionRow.variant == Variant.MAIN,
            QuestionRow.group.is_not(None),
        )
    )
