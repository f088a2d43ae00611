"""Duplicates among questions: found at import, kept in a table, said, and left out of training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.models import DatasetRow, DuplicateRow, QuestionRow
from db.session import write
from scicot.pure.questions.neighbours import (
    Sketches,
    asked_text,
    find_pairs,
    sketch_texts,
)
from scicot.services.questions.lookup import find_dataset_id, list_datasets
from scicot.words.records import Choice, Split

WHOLE_TEXT = 16  # bytes of a sketch that are the hash of the whole text
PART = 5000  # questions whose sketches are read at once


@dataclass(frozen=True, slots=True)
class DuplicateSide:
    """One question of a pair: where it stands and what it asks."""

    id: int
    external_id: str
    dataset: str
    split: Split
    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two questions that ask the same, or nearly; similarity 1.0 is the same text."""

    first: DuplicateSide
    second: DuplicateSide
    similarity: float

    @property
    def is_exact(self) -> bool:
        """True when stem and options are the same but for case, blanks and order."""
        return self.similarity >= 1.0

    @property
    def is_across(self) -> bool:
        """True when they stand in different splits."""
        return self.first.split is not self.second.split


def search_duplicates(session: Session, datasets: Sequence[str], *, after: int = 0) -> int:
    """Look for pairs that touch these datasets, among all questions; return how many there are.

    What an earlier search found for them is replaced. `after`: only questions with a higher id
    than this, the ones just imported, are compared with all.
    """
    wanted = set(datasets) & set(list_datasets(session))
    mine = QuestionRow.dataset_id.in_([find_dataset_id(session, name) for name in wanted])
    asked = mine & (QuestionRow.id > after)
    _fill_sketches(session)
    searched = _read_all_sketches(session, asked)
    if searched is None:
        return 0
    pairs = find_pairs(searched, _read_sketches(session, ~asked))
    ids = select(QuestionRow.id).where(asked)
    with write(session):
        session.execute(
            delete(DuplicateRow).where(
                or_(DuplicateRow.first_id.in_(ids), DuplicateRow.second_id.in_(ids))
            )
        )
        rows = [
            {"first_id": pair.first, "second_id": pair.second, "similarity": pair.similarity}
            for pair in pairs
        ]
        if rows:
            session.execute(DuplicateRow.__table__.insert(), rows)  # type: ignore[attr-defined]
    return len(pairs)


def _read_all_sketches(session: Session, of: ColumnElement[bool]) -> Sketches | None:
    """Return the sketches of these questions, None for none; the parts they came in are let go."""
    parts = list(_read_sketches(session, of))
    return Sketches.join(parts) if parts else None


def _read_sketches(session: Session, of: ColumnElement[bool]) -> Iterator[Sketches]:
    """Yield the sketches of all these questions, in parts, the oldest question first."""
    query = (
        select(QuestionRow.id, QuestionRow.sketch)
        .where(of, QuestionRow.sketch.is_not(None))
        .order_by(QuestionRow.id)
    )
    for rows in session.execute(query.execution_options(yield_per=PART)).partitions():
        yield Sketches.read([row[0] for row in rows], [row[1] or b"" for row in rows])


def _fill_sketches(session: Session) -> None:
    """Make the sketches of questions that have none: those from before there were any."""
    query = select(QuestionRow.id, QuestionRow.stem, QuestionRow.choices).where(
        QuestionRow.sketch.is_(None)
    )
    while rows := session.execute(query.limit(PART)).all():
        texts = [
            asked_text(stem, (Choice(choice["label"], choice["text"]) for choice in choices))
            for _, stem, choices in rows
        ]
        with write(session):
            session.execute(
                update(QuestionRow),
                [
                    {"id": row.id, "sketch": sketch}
                    for row, sketch in zip(rows, sketch_texts(texts), strict=True)
                ],
            )


def list_duplicates(session: Session, datasets: Sequence[str]) -> list[DuplicatePair]:
    """Return the pairs that touch these datasets, the exact ones first; raises NotFound."""
    wanted = [find_dataset_id(session, name) for name in datasets]
    first, second = aliased(QuestionRow), aliased(QuestionRow)
    names = dict(session.execute(select(DatasetRow.id, DatasetRow.name)).all())
    rows = session.execute(
        select(DuplicateRow.similarity, *_columns(first), *_columns(second))
        .join(first, first.id == DuplicateRow.first_id)
        .join(second, second.id == DuplicateRow.second_id)
        .where(or_(first.dataset_id.in_(wanted), second.dataset_id.in_(wanted)))
        .order_by(DuplicateRow.similarity.desc(), DuplicateRow.first_id, DuplicateRow.second_id)
    )
    return [
        DuplicatePair(_side(row[1:7], names), _side(row[7:], names), row.similarity) for row in rows
    ]


def _columns(question: type[QuestionRow]) -> tuple[InstrumentedAttribute[Any], ...]:
    """Return what `_side` reads: many pairs as whole rows would take a lot of memory."""
    return (
        *(question.id, question.external_id, question.dataset_id),
        *(question.split, question.stem, question.choices),
    )


def _side(values: Sequence[Any], names: Mapping[int, str]) -> DuplicateSide:
    question_id, external_id, dataset_id, split, stem, choices = values
    options = tuple(str(choice["text"]) for choice in choices)
    return DuplicateSide(question_id, external_id, names[dataset_id], split, stem, options)


def questions_in_test(session: Session, dataset: str, *, near: bool = False) -> set[int]:
    """Return the training questions that stand word for word in the dataset's test split too.

    By their texts' hashes beside the pairs: of a crowd of copies each is paired with the first
    alone. `near`: those that stand there nearly word for word instead.
    """
    dataset_id = find_dataset_id(session, dataset)
    paired = _paired_with_test(session, dataset_id, near)
    if near:
        return paired
    text = func.substr(QuestionRow.sketch, 1, WHOLE_TEXT)
    tested = select(text).where(
        QuestionRow.dataset_id == dataset_id,
        QuestionRow.split == Split.TEST,
        QuestionRow.sketch.is_not(None),
    )
    ids = select(QuestionRow.id).where(
        QuestionRow.dataset_id == dataset_id, QuestionRow.split == Split.TRAIN, text.in_(tested)
    )
    return paired | set(session.scalars(ids))


def _paired_with_test(session: Session, dataset_id: int, near: bool) -> set[int]:
    first, second = aliased(QuestionRow), aliased(QuestionRow)
    rows = session.execute(
        select(first.id, first.split, second.id, second.split)
        .join(DuplicateRow, DuplicateRow.first_id == first.id)
        .join(second, second.id == DuplicateRow.second_id)
        .where(
            DuplicateRow.similarity < 1.0 if near else DuplicateRow.similarity >= 1.0,
            first.dataset_id == dataset_id,
            second.dataset_id == dataset_id,
        )
    )
    tested = set()
    for question_id, split, other_id, other_split in rows:
        if (split, other_split) == (Split.TRAIN, Split.TEST):
            tested.add(question_id)
        elif (split, other_split) == (Split.TEST, Split.TRAIN):
            tested.add(other_id)
    return tested


def describe_duplicates(pairs: Sequence[DuplicatePair]) -> str:
    """Return how many pairs there are, in a sentence; empty where there are none."""
    if not pairs:
        return ""
    exact = sum(pair.is_exact for pair in pairs)
    across = sum(pair.is_across for pair in pairs)
    return (
        f"Pairs that ask the same: {exact:,}; nearly the same: {len(pairs) - exact:,}; "
        f"across splits: {across:,}."
    )
