"""The questions that chosen runs answered, in short: how each went, and what marks it.

The database chooses and counts; only the lines that are shown are read, however many there are.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    asc,
    cast,
    desc,
    false,
    func,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased

from db.folding import holds
from db.models import PredictionRow, PredictionTagRow, QuestionRow
from db.rows import CHUNK
from scicot.words.records import Outcome, Variant


class Only(StrEnum):
    """What a listed question must have, beside having been asked."""

    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    FLAGGED = "flagged"
    DISAGREEING = "disagreeing"
    TAGGED = "tagged"


# the list is drawn from the first of these that is wanted; to find flags every answer is opened, so
# that they are looked for once and not again beside each question of another list
NARROWEST = (Only.NO_ANSWER, Only.FLAGGED, Only.WRONG, Only.DISAGREEING)


Ids = Select[Any] | CompoundSelect[Any]  # a query of question ids


@dataclass(frozen=True, slots=True)
class AnsweredFilter:
    """Which questions are listed: any of the runs answered them, and they have all of `only`.

    Each of `only` holds of a question where it holds in any of the runs; `text` is looked for in
    id and stem, whatever the case.
    """

    run_ids: tuple[int, ...]
    only: frozenset[Only] = frozenset()
    text: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One question in a list; `outcomes` are the runs' in order, None where it was not asked."""

    id: int
    external_id: str
    stem: str
    outcomes: tuple[Outcome | None, ...]


@dataclass(frozen=True, slots=True)
class AnsweredList:
    """The part of a list around the question that is open in it.

    `answered` questions were asked at all, `listed` of them fit the filter. `place` is the open
    question's in the list, and `first` that of the first of `lines`, both from 0.
    """

    answered: int
    listed: int
    place: int
    first: int
    lines: Sequence[AnsweredQuestion]

    def near(self, steps: int) -> int | None:
        """Return the id of the question so many steps on; None outside the lines."""
        at = self.place - self.first + steps
        return self.lines[at].id if 0 <= at < len(self.lines) else None


def view_list(
    session: Session, wanted: AnsweredFilter, opened: int | None, *, around: int
) -> AnsweredList:
    """Return the listed questions around the opened one, at most `around` on either side.

    They are in id order; the first is open where the opened one is not listed.
    """
    part = _found_part if wanted.text else _counted_part
    ids, place, first, listed = part(session, wanted, opened, around)
    answered = listed
    if wanted.only or wanted.text:
        answered, _ = _count(session, AnsweredFilter(wanted.run_ids), None)
    lines = _read_lines(session, wanted.run_ids, ids)
    return AnsweredList(answered, listed, place, first, lines)


def find_listed(session: Session, wanted: AnsweredFilter, number: int) -> int | None:
    """Return the id of the question of this number, from 1, in the list.

    It is the last one where the number is too large, None where nothing is listed.
    """
    query = _listed(session, wanted)
    up = query.order_by(asc("question_id")).limit(1).offset(max(number, 1) - 1)
    found: int | None = session.scalar(up)
    if found is None:
        found = session.scalar(query.order_by(desc("question_id")).limit(1))
    return found


def _counted_part(
    session: Session, wanted: AnsweredFilter, opened: int | None, around: int
) -> tuple[list[int], int, int, int]:
    """Return the ids around the opened one, its place, that of the first, and how many there are.

    Off an index: no more ids than are returned are read.
    """
    ids = _ids_after(session, wanted, opened, around + 1)
    before: list[int] = []
    if opened is not None and ids[:1] == [opened]:
        below = PredictionRow.question_id < opened
        query = _listed(session, wanted, below).order_by(desc("question_id")).limit(around)
        before = [*session.scalars(query)][::-1]
    elif opened is not None:
        ids = _ids_after(session, wanted, None, around + 1)
    listed, place = _count(session, wanted, ids[0] if before else None)
    return [*before, *ids], place, place - len(before), listed


def _found_part(
    session: Session, wanted: AnsweredFilter, opened: int | None, around: int
) -> tuple[list[int], int, int, int]:
    """Return the same of a list that a text narrows: every stem is looked into once, not thrice.

    The ids that hold it are kept, 8 bytes each.
    """
    query = _listed(session, wanted).order_by(asc("question_id"))
    ids = array("q", session.scalars(query.execution_options(yield_per=CHUNK)))
    place = 0 if opened is None else bisect_left(ids, opened)
    if place == len(ids) or ids[place] != opened:
        place = 0
    first = max(0, place - around)
    return ids[first : place + around + 1].tolist(), place, first, len(ids)


def _ids_after(session: Session, wanted: AnsweredFilter, start: int | None, most: int) -> list[int]:
    """Return the first ids of the list, from `start` on where one is given."""
    bounds = [] if start is None else [PredictionRow.question_id >= start]
    query = _listed(session, wanted, *bounds).order_by(asc("question_id")).limit(most)
    return list(session.scalars(query))


def _count(session: Session, wanted: AnsweredFilter, below: int | None) -> tuple[int, int]:
    """Return how many questions are listed, and how many of them stand before one."""
    # in order, so that the runs' parts are merged and not sorted into one another
    listed = _listed(session, wanted).order_by(asc("question_id")).subquery()
    is_before = listed.c.question_id < (0 if below is None else below)
    counts = session.execute(
        select(func.count(), func.count().filter(is_before)).select_from(listed)
    )
    everything, before = counts.one()
    return everything, before


def _listed(session: Session, wanted: AnsweredFilter, *bounds: ColumnElement[bool]) -> Ids:
    """Return the query of the listed questions' ids.

    One part a run, so that each is read off an index in order and they need no sorting.
    """
    narrowest = next((only for only in NARROWEST if only in wanted.only), None)
    conditions = [
        _some_answer_has(only, wanted.run_ids)
        for only in Only
        if only in wanted.only and only is not narrowest
    ]
    if narrowest is not None:
        conditions.append(_has(PredictionRow, narrowest, wanted.run_ids))
    parts = [
        select(PredictionRow.question_id).where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == Variant.MAIN,
            *conditions,
            *bounds,
        )
        for run_id in wanted.run_ids
    ]
    query = parts[0] if len(parts) == 1 else union(*parts)
    return _mentioning(session, query, wanted.text) if wanted.text else query


def _mentioning(session: Session, listed: Ids, text: str) -> Ids:
    """Return the query of those listed questions whose id or stem holds the text."""
    ids = listed.order_by(asc("question_id")).subquery()
    texts = QuestionRow.external_id + "\n" + QuestionRow.stem
    return (
        select(ids.c.question_id)
        .join(QuestionRow, QuestionRow.id == ids.c.question_id)
        .where(holds(session, texts, text))
    )


def _has(answer: type[PredictionRow], only: Only, run_ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that an answer makes its question have what is wanted."""
    if only is Only.WRONG:
        return answer.outcome == Outcome.INCORRECT
    if only is Only.NO_ANSWER:
        return answer.outcome == Outcome.NO_ANSWER
    if only is Only.FLAGGED:  # none are kept as a list without any, or as JSON's null
        return cast(answer.flags, Text).not_in(["[]", "null"])
    if len(set(run_ids)) < 2:
        return false()
    other = aliased(PredictionRow)
    differs = _of_question(other, answer, run_ids).where(other.outcome != Outcome.CORRECT)
    return (answer.outcome == Outcome.CORRECT) & differs.exists()


def _some_answer_has(only: Only, run_ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that any run's answer to the question has what is wanted."""
    answer = aliased(PredictionRow)
    if only is Only.TAGGED:
        tagged = select(answer.question_id).join(
            PredictionTagRow, PredictionTagRow.prediction_id == answer.id
        )
        return PredictionRow.question_id.in_(tagged.where(answer.run_id.in_(run_ids)))
    of_question = _of_question(answer, PredictionRow, run_ids)
    return of_question.where(_has(answer, only, run_ids)).exists()


def _of_question(
    answer: type[PredictionRow], asked: type[PredictionRow], run_ids: Sequence[int]
) -> Select[Any]:
    """Return the query of the runs' answers to the question that another answer is of."""
    return select(answer.id).where(
        answer.run_id.in_(run_ids),
        answer.variant == Variant.MAIN,
        answer.question_id == asked.question_id,
    )


def _read_lines(
    session: Session, run_ids: Sequence[int], ids: Sequence[int]
) -> list[AnsweredQuestion]:
    """Return the questions of these ids, in id order, with how each run did."""
    rows = session.execute(
        select(PredictionRow.question_id, PredictionRow.run_id, PredictionRow.outcome).where(
            PredictionRow.run_id.in_(run_ids),
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.question_id.in_(ids),
        )
    )
    outcomes = {(question_id, run_id): outcome for question_id, run_id, outcome in rows}
    questions = session.execute(
        select(QuestionRow.id, QuestionRow.external_id, QuestionRow.stem)
        .where(QuestionRow.id.in_(ids))
        .order_by(QuestionRow.id)
    )
    return [
        AnsweredQuestion(
            id=question_id,
            external_id=external_id,
            stem=stem,
            outcomes=tuple(outcomes.get((question_id, run_id)) for run_id in run_ids),
        )
        for question_id, external_id, stem in questions
    ]
