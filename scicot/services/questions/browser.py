"""Questions as a person looks for them: by dataset, split, text and shape, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
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


def find_questions(
    session: Session, wanted: QuestionFilter, *, limit: int = 100, offset: int = 0
) -> tuple[list[QuestionLine], int]:
    """Return one page of matching questions and how many match in all.

    Raises NotFound for the dataset and InvalidInput for a pattern that is no regular expression.
    """
    conditions = _conditions(session, wanted)
    total = session.scalar(select(func.count()).select_from(QuestionRow).where(*conditions)) or 0
    rationales = (
        select(func.count())
        .select_from(RationaleRow)
        .where(RationaleRow.question_id == QuestionRow.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(QuestionRow, rationales)
        .where(*conditions)
        .order_by(QuestionRow.position, QuestionRow.id)
        .limit(limit)
        .offset(offset)
    )
    return [_line(row, count) for row, count in rows], total


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
    return conditions


def _line(row: QuestionRow, rationales: int) -> QuestionLine:
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
    )
