"""Questions: look them up, list them, count them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import DatasetRow, QuestionRow
from db.rows import chunks
from scicot.words.errors import NotFound
from scicot.words.records import Choice, Split, StoredQuestion


def find_dataset_id(session: Session, name: str) -> int:
    """Return the id of the dataset that has or had this name; raises NotFound with all names."""
    dataset = find_dataset(session, name)
    if dataset is None:
        names = ", ".join(list_datasets(session)) or "none yet"
        raise NotFound(f"There is no dataset '{name}' (there are: {names}). Import it first.")
    return dataset.id


def find_dataset(session: Session, name: str) -> DatasetRow | None:
    """Return the dataset of this name, or else the one that once had it."""
    dataset = session.scalar(select(DatasetRow).where(DatasetRow.name == name))
    if dataset is not None:
        return dataset
    rows = session.scalars(select(DatasetRow)).all()
    return next((row for row in rows if name in row.other_names), None)


def list_datasets(session: Session, *, with_archived: bool = True) -> list[str]:
    """Return the names of all datasets, sorted."""
    query = select(DatasetRow.name).order_by(DatasetRow.name)
    if not with_archived:
        query = query.where(DatasetRow.archived_at.is_(None))
    return list(session.scalars(query))


def dataset_named(session: Session, name: str) -> str:
    """Return what the dataset of this or this former name is called now; raises NotFound."""
    return session.get_one(DatasetRow, find_dataset_id(session, name)).name


def count_questions(session: Session) -> dict[str, dict[str, int]]:
    """Return the number of questions per dataset and split."""
    rows = session.execute(
        select(DatasetRow.name, QuestionRow.split, func.count())
        .join(QuestionRow, QuestionRow.dataset_id == DatasetRow.id)
        .group_by(DatasetRow.name, QuestionRow.split)
        .order_by(DatasetRow.name)
    )
    counts: dict[str, dict[str, int]] = {}
    for name, split, count in rows:
        counts.setdefault(name, {})[split.value] = count
    order = [split.value for split in Split]
    return {
        name: {split: of[split] for split in order if split in of} for name, of in counts.items()
    }


def get_question(session: Session, question_id: int) -> StoredQuestion:
    """Return one question; raises NotFound."""
    questions = get_questions(session, [question_id])
    if not questions:
        raise NotFound(
            f"There is no question {question_id}. Look for it on the Questions page; its dataset "
            "may have been deleted."
        )
    return questions[question_id]


def get_questions(session: Session, ids: Iterable[int]) -> dict[int, StoredQuestion]:
    """Return the questions with these ids, by id, in one query a chunk."""
    wanted = list(ids)
    questions: dict[int, StoredQuestion] = {}
    for some in chunks(wanted):
        rows = session.execute(
            select(QuestionRow, DatasetRow.name, DatasetRow.language)
            .join(DatasetRow, DatasetRow.id == QuestionRow.dataset_id)
            .where(QuestionRow.id.in_(some))
        )
        questions |= {row.id: to_question(row, name, language) for row, name, language in rows}
    return questions


def list_questions(
    session: Session, dataset: str, split: Split, limit: int | None = None
) -> Sequence[StoredQuestion]:
    """Return a split's questions in the source's order; raises NotFound for the dataset."""
    dataset_id = find_dataset_id(session, dataset)
    query = (
        select(QuestionRow)
        .where(QuestionRow.dataset_id == dataset_id, QuestionRow.split == split)
        .order_by(QuestionRow.position)
    )
    rows = session.scalars(query.limit(limit) if limit else query)
    named = session.get_one(DatasetRow, dataset_id)
    return [to_question(row, named.name, named.language) for row in rows]


def first_split(session: Session, dataset: str) -> Split:
    """Return what answers are looked at first: validation, or test where there is none.

    What is chosen by looking at test is no longer measured by it.
    """
    has_validation = list_questions(session, dataset, Split.VALIDATION, limit=1)
    return Split.VALIDATION if has_validation else Split.TEST


def list_question_ids(
    session: Session, dataset: str, split: Split, limit: int | None = None
) -> list[int]:
    """Return the ids of a split's questions in the source's order; raises NotFound."""
    query = (
        select(QuestionRow.id)
        .where(QuestionRow.dataset_id == find_dataset_id(session, dataset))
        .where(QuestionRow.split == split)
        .order_by(QuestionRow.position)
    )
    return list(session.scalars(query.limit(limit) if limit else query))


def to_question(row: QuestionRow, dataset: str, language: str | None = None) -> StoredQuestion:
    """Return a stored question as the record."""
    return StoredQuestion(
        id=row.id,
        external_id=row.external_id,
        stem=row.stem,
        choices=tuple(Choice(label=choice["label"], text=choice["text"]) for choice in row.choices),
        answer_key=row.answer_key,
        dataset=dataset,
        split=row.split,
        answer_form=row.answer_form,
        group=row.group,
        language=language,
    )
