"""Questions as a person looks for them: by dataset, split, text and shape, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from db.models import QuestionRow, RationaleRow
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.patterns import check_pattern
from scicot.words.records import Split


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """What to look for; None and empty mean anything."""

    dataset: str
    split: Split | None = None
    text: str = ""
    is_regex: bool = False
    choices: int | None = None
    has_rationale: bool | None = None
    own_answer_right: bool | None = None  # does any teacher, without the key, come to it?


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One row of the browser's table: short columns only."""

    id: int
    external_id: str
    split: str
    stem: str
    choices: int
    labels: str
    answer_key: str
    rationales: int
    own_answers_right: int  # of the rationales, whose teacher comes to the key by itself


def find_questions(
    session: Session, wanted: QuestionFilter, *, limit: int = 100, offset: int = 0
) -> tuple[list[QuestionLine], int]:
    """Return one page of matching questions and how many match in all.

    Raises NotFound for the dataset and InvalidInput for a pattern that is no regular expression.
    """
    total = count_matching(session, wanted)
    return list_matching(session, wanted, limit=limit, offset=offset), total


def count_matching(session: Session, wanted: QuestionFilter) -> int:
    """Return how many questions match; raises as `find_questions` does."""
    conditions = _conditions(session, wanted)
    return session.scalar(select(func.count()).select_from(QuestionRow).where(*conditions)) or 0


def list_matching(
    session: Session, wanted: QuestionFilter, *, limit: int = 100, offset: int = 0
) -> list[QuestionLine]:
    """Return one page of matching questions; raises as `find_questions` does."""
    conditions = _conditions(session, wanted)
    rationales = (
        select(func.count())
        .select_from(RationaleRow)
        .where(RationaleRow.question_id == QuestionRow.id)
        .scalar_subquery()
    )
    right = rationales_right().scalar_subquery()
    # ids alone are ordered and skipped: with its columns a page far behind would carry the texts
    # and count the rationales of all questions before it
    ids = list(
        session.scalars(
            select(QuestionRow.id)
            .where(*conditions)
            .order_by(QuestionRow.position, QuestionRow.id)
            .limit(limit)
            .offset(offset)
        )
    )
    rows = session.execute(
        select(QuestionRow, rationales, right)
        .where(QuestionRow.id.in_(ids))
        .order_by(QuestionRow.position, QuestionRow.id)
    )
    return [_line(row, count, by_itself) for row, count, by_itself in rows]


def rationales_right(is_right: bool = True) -> Select[Any]:
    """Return the query that counts a question's rationales by what their teacher comes to."""
    return select(func.count(RationaleRow.id)).where(
        RationaleRow.question_id == QuestionRow.id,
        RationaleRow.own_answer_right.is_(is_right),
    )


def _conditions(session: Session, wanted: QuestionFilter) -> list[ColumnElement[bool]]:
    conditions = [QuestionRow.dataset_id == find_dataset_id(session, wanted.dataset)]
    if wanted.split:
        conditions.append(QuestionRow.split == wanted.split)
    if wanted.text and wanted.is_regex:
        conditions.append(QuestionRow.stem.regexp_match(check_pattern(wanted.text)))
    elif wanted.text:
        matches = QuestionRow.stem.icontains(wanted.text, autoescape=True)
        conditions.append(matches | QuestionRow.external_id.icontains(wanted.text, autoescape=True))
    if wanted.choices:
        conditions.append(func.json_array_length(QuestionRow.choices) == wanted.choices)
    if wanted.has_rationale is not None:
        explained = select(RationaleRow.id).where(RationaleRow.question_id == QuestionRow.id)
        conditions.append(explained.exists() == wanted.has_rationale)
    if wanted.own_answer_right is not None:
        conditions.append((rationales_right().scalar_subquery() > 0) == wanted.own_answer_right)
        asked = rationales_right(False).scalar_subquery() + rationales_right().scalar_subquery()
        conditions.append(asked > 0)
    return conditions


def _line(row: QuestionRow, rationales: int, own_answers_right: int) -> QuestionLine:
    labels = [str(choice["label"]) for choice in row.choices]
    return QuestionLine(
        id=row.id,
        external_id=row.external_id,
        split=row.split.value,
        stem=row.stem,
        choices=len(labels),
        labels=f"{labels[0]}-{labels[-1]}" if labels else "",
        answer_key=row.answer_key,
        rationales=rationales,
        own_answers_right=own_answers_right,
    )
