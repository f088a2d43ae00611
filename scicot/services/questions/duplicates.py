"""Duplicates among questions: found at import, kept in a table, said, and left out of training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import DatasetRow, DuplicateRow, QuestionRow
from db.session import write
from scicot.pure.questions.neighbours import asked_text, find_pairs
from scicot.services.questions.lookup import find_dataset_id, list_datasets
from scicot.words.records import Choice, Split


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


def search_duplicates(session: Session, datasets: Sequence[str]) -> int:
    """Look for pairs that touch these datasets, among all questions; return how many there are.

    What an earlier search found for them is replaced.
    """
    wanted = set(datasets) & set(list_datasets(session))
    mine = {find_dataset_id(session, name) for name in wanted}
    places: list[tuple[int, int]] = []
    pairs = [
        pair
        for pair in find_pairs(_texts(session, places))
        if places[pair.first][1] in mine or places[pair.second][1] in mine
    ]
    ids = select(QuestionRow.id).where(QuestionRow.dataset_id.in_(mine))
    with write(session):
        session.execute(
            delete(DuplicateRow).where(
                or_(DuplicateRow.first_id.in_(ids), DuplicateRow.second_id.in_(ids))
            )
        )
        rows = [
            {
                "first_id": places[pair.first][0],
                "second_id": places[pair.second][0],
                "similarity": pair.similarity,
            }
            for pair in pairs
        ]
        if rows:
            session.execute(DuplicateRow.__table__.insert(), rows)  # type: ignore[attr-defined]
    return len(pairs)


def _texts(session: Session, places: list[tuple[int, int]]) -> Iterator[str]:
    """Yield what every question asks, by id, and note which question stands at which place."""
    query = select(
        QuestionRow.id, QuestionRow.dataset_id, QuestionRow.stem, QuestionRow.choices
    ).order_by(QuestionRow.id)
    for question_id, dataset_id, stem, choices in session.execute(query).yield_per(1000):
        places.append((question_id, dataset_id))
        yield asked_text(stem, (Choice(choice["label"], choice["text"]) for choice in choices))


def list_duplicates(session: Session, dataset: str) -> list[DuplicatePair]:
    """Return the pairs that touch a dataset, the exact ones first; raises NotFound for it."""
    dataset_id = find_dataset_id(session, dataset)
    first, second = aliased(QuestionRow), aliased(QuestionRow)
    names = dict(session.execute(select(DatasetRow.id, DatasetRow.name)).all())
    rows = session.execute(
        select(DuplicateRow.similarity, first, second)
        .join(first, first.id == DuplicateRow.first_id)
        .join(second, second.id == DuplicateRow.second_id)
        .where(or_(first.dataset_id == dataset_id, second.dataset_id == dataset_id))
        .order_by(DuplicateRow.similarity.desc(), DuplicateRow.first_id, DuplicateRow.second_id)
    )
    return [
        DuplicatePair(
            _side(question, names[question.dataset_id]),
            _side(other, names[other.dataset_id]),
            alike,
        )
        for alike, question, other in rows
    ]


def _side(row: QuestionRow, dataset: str) -> DuplicateSide:
    options = tuple(str(choice["text"]) for choice in row.choices)
    return DuplicateSide(row.id, row.external_id, dataset, row.split, row.stem, options)


def questions_in_test(session: Session, dataset: str) -> set[int]:
    """Return the training questions that stand word for word in the dataset's test split too."""
    dataset_id = find_dataset_id(session, dataset)
    first, second = aliased(QuestionRow), aliased(QuestionRow)
    rows = session.execute(
        select(first.id, first.split, second.id, second.split)
        .join(DuplicateRow, DuplicateRow.first_id == first.id)
        .join(second, second.id == DuplicateRow.second_id)
        .where(
            DuplicateRow.similarity >= 1.0,
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
