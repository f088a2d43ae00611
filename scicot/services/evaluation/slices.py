"""Slices of two runs' common questions: accuracy in each part, and the questions of one part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.models import DatasetRow, PredictionRow, QuestionRow
from scicot.pure.evaluation.slices import (
    Dimension,
    PositionBias,
    Sliced,
    SliceRow,
    compare_slices,
    measure_position_bias,
    position,
    slice_question,
)
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.tags import list_tagged
from scicot.words.records import Outcome, Variant


@dataclass(frozen=True, slots=True)
class RunSlices:
    """Two runs' common questions, ready to be parted."""

    sliced: Sequence[Sliced]
    correct_a: Mapping[int, bool]
    correct_b: Mapping[int, bool]

    def rows(self, dimension: Dimension) -> list[SliceRow]:
        """Return A against B in each slice of a dimension."""
        return compare_slices(self.sliced, self.correct_a, self.correct_b, dimension)

    def select(self, dimension: Dimension, value: str) -> list[int]:
        """Return the ids of the questions in one slice."""
        return [
            question.question_id
            for question in self.sliced
            if value in question.values.get(dimension, ())
        ]

    def keep(self, question_ids: Collection[int]) -> RunSlices:
        """Return these questions alone, ready to be parted."""
        kept = set(question_ids)
        return replace(
            self,
            sliced=[question for question in self.sliced if question.question_id in kept],
            correct_a={key: right for key, right in self.correct_a.items() if key in kept},
            correct_b={key: right for key, right in self.correct_b.items() if key in kept},
        )

    def bias(self, dimension: Dimension) -> PositionBias:
        """Return the position bias of the run that the dimension speaks of."""
        return measure_position_bias(
            [
                (question.values[Dimension.KEY_POSITION][0], question.values[dimension][0])
                for question in self.sliced
            ]
        )


def load_slices(
    session: Session, run_a: int, run_b: int, *, reading: Reading = Reading.GENERATED
) -> RunSlices:
    """Return the questions that a comparison of both runs, read as told, is over.

    Columns, not records: with thousands of questions the records would take most of the time.
    """
    is_written = reading is Reading.GENERATED
    a, b = aliased(PredictionRow), aliased(PredictionRow)
    given = [run.label if is_written else run.option_label for run in (a, b)]
    # whose key is not known is scored by neither reading
    known = [run.outcome != Outcome.UNSCORED for run in (a, b)]
    if not is_written:
        known += [label.is_not(None) for label in given]
    names = dict(list(session.execute(select(DatasetRow.id, DatasetRow.name))))
    rows = session.execute(
        select(
            QuestionRow.id,
            QuestionRow.dataset_id,
            QuestionRow.stem,
            QuestionRow.choices,
            QuestionRow.answer_key,
            given[0],
            a.outcome,
            a.flags,
            given[1],
            b.outcome,
            b.flags,
        )
        .join(a, (a.question_id == QuestionRow.id) & (a.variant == Variant.MAIN))
        .join(b, (b.question_id == QuestionRow.id) & (b.variant == Variant.MAIN))
        .where(a.run_id == run_a, b.run_id == run_b, *known)
        .order_by(QuestionRow.id)
    )
    sliced: list[Sliced] = []
    correct_a: dict[int, bool] = {}
    correct_b: dict[int, bool] = {}
    for key, dataset_id, stem, choices, answer_key, *answers in rows:
        label_a, outcome_a, flags_a, label_b, outcome_b, flags_b = answers
        labels = [choice["label"] for choice in choices]
        values = slice_question(stem, labels, answer_key, names[dataset_id]) | {
            Dimension.ANSWER_A: (position(label_a, labels),),
            Dimension.ANSWER_B: (position(label_b, labels),),
            Dimension.FLAG_A: tuple(flags_a or ()),
            Dimension.FLAG_B: tuple(flags_b or ()),
        }
        sliced.append(Sliced(key, values))
        correct_a[key] = outcome_a is Outcome.CORRECT if is_written else label_a == answer_key
        correct_b[key] = outcome_b is Outcome.CORRECT if is_written else label_b == answer_key
    return RunSlices(sliced, correct_a, correct_b)


def with_tags(session: Session, slices: RunSlices, run_a: int, run_b: int) -> RunSlices:
    """Return the slices with the tags that people have put on either run's answers by now."""
    tags_a, tags_b = list_tagged(session, run_a), list_tagged(session, run_b)
    if not tags_a and not tags_b:
        return slices
    tagged = [
        Sliced(
            question.question_id, {**question.values, **_tags(question.question_id, tags_a, tags_b)}
        )
        if question.question_id in tags_a or question.question_id in tags_b
        else question
        for question in slices.sliced
    ]
    return RunSlices(tagged, slices.correct_a, slices.correct_b)


def _tags(
    question_id: int, tags_a: Mapping[int, set[str]], tags_b: Mapping[int, set[str]]
) -> dict[Dimension, tuple[str, ...]]:
    return {
        Dimension.TAG_A: tuple(sorted(tags_a.get(question_id, ()))),
        Dimension.TAG_B: tuple(sorted(tags_b.get(question_id, ()))),
    }
