"""The decisions out and in as JSONL: every revision and verdict of a rationale on one line.

Export, import into an empty database that has the same questions, export again: the files are
equal byte for byte.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, QuestionRow, RationaleRow, ReviewRow, RevisionRow
from db.rows import chunks
from db.session import write
from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.sources.jsonl import read_rows
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.checks import refresh_flags
from scicot.services.review.lines import ReviewLine, read_line
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RationaleStatus

BATCH = 500
CHUNK = 200  # rationales a writing transaction: about a tenth of a second


@dataclass(frozen=True, slots=True)
class ReviewImport:
    """What an import of decisions did. `conflicting` rationales say something else here."""

    added: int
    already_there: int
    unmatched: int
    conflicting: int


def export_reviews(session: Session, path: Path, *, dataset: str | None = None) -> int:
    """Write every rationale with its history as JSONL and return how many; the file is whole."""
    query = (
        select(RationaleRow.id)
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .join(DatasetRow, DatasetRow.id == RationaleRow.dataset_id)
        .order_by(
            DatasetRow.name,
            QuestionRow.external_id,
            QuestionRow.split,
            RationaleRow.origin,
            RationaleRow.source,
            RationaleRow.sample,
        )
    )
    if dataset is not None:
        query = query.where(RationaleRow.dataset_id == find_dataset_id(session, dataset))
    ids = list(session.scalars(query))
    lines = [
        json.dumps(line, ensure_ascii=False, sort_keys=True)
        for some in chunks(ids)
        for line in _lines(session, some)
    ]
    write_atomically(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
    return len(lines)


def _lines(session: Session, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    rows = {
        row.id: (row, external_id, split, dataset)
        for row, external_id, split, dataset in session.execute(
            select(RationaleRow, QuestionRow.external_id, QuestionRow.split, DatasetRow.name)
            .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
            .join(DatasetRow, DatasetRow.id == RationaleRow.dataset_id)
            .where(RationaleRow.id.in_(ids))
        )
    }
    revisions = _grouped(session, RevisionRow, ids)
    reviews = _grouped(session, ReviewRow, ids)
    for rationale_id in ids:
        row, external_id, split, dataset = rows[rationale_id]
        numbers = {revision.id: revision.number for revision in revisions[rationale_id]}
        yield {
            "id": external_id,
            "dataset": dataset,
            "split": split.value,
            "origin": row.origin.value,
            "source": row.source,
            "sample": row.sample,
            "status": row.status.value,
            "created_at": row.created_at.isoformat(),
            "revisions": [_revision_fields(revision) for revision in revisions[rationale_id]],
            "reviews": [
                _review_fields(review, numbers) for review in reviews.get(rationale_id, ())
            ],
        }


def _grouped(session: Session, model: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    query = select(model).where(model.rationale_id.in_(ids)).order_by(model.rationale_id, model.id)
    for row in session.scalars(query):
        groups.setdefault(row.rationale_id, []).append(row)
    return groups


def _revision_fields(row: RevisionRow) -> Mapping[str, Any]:
    return {
        "number": row.number,
        "text": row.text,
        "author": row.author,
        "cause": row.cause.value,
        "operation_id": row.operation_id,
        "created_at": row.created_at.isoformat(),
    }


def _review_fields(row: ReviewRow, numbers: Mapping[int, int]) -> Mapping[str, Any]:
    return {
        "revision": numbers[row.revision_id],
        "revision_before": numbers[row.revision_before_id],
        "status_before": row.status_before.value,
        "verdict": row.verdict.value,
        "reason": row.reason,
        "reviewer": row.reviewer,
        "operation_id": row.operation_id,
        "batch_id": row.batch_id,
        "created_at": row.created_at.isoformat(),
        "undone_at": row.undone_at.isoformat() if row.undone_at else None,
        "undo_operation_id": row.undo_operation_id,
    }


@needs(Action.IMPORT)
def import_reviews(session: Session, actor: Actor, path: Path) -> ReviewImport:
    """Take in exported decisions and say what became of each rationale.

    The whole file is checked before the first row is written, then written in chunks, so that
    nobody at the desk waits; a kill in between leaves whole rationales, and the same import again
    adds the rest. A rationale that is not here is added with its whole history. One that nobody
    has worked on yet takes the history on, if its text is the exported first one. One that says
    or was decided otherwise here is left as it is and counted as conflicting.
    """
    lines = _read(path.expanduser())
    done = Counter[Became]()
    for start in range(0, len(lines), CHUNK):
        with write(session):
            became = [
                (_take_in(session, where, line)) for where, line in lines[start : start + CHUNK]
            ]
        done.update(kind for kind, _ in became)
        # between two chunks, and mostly without the lock: others get in
        refresh_flags(session, [row_id for _, row_id in became if row_id is not None])
    return ReviewImport(
        done[Became.ADDED],
        done[Became.ALREADY_THERE],
        done[Became.UNMATCHED],
        done[Became.CONFLICTING],
    )


def _read(path: Path) -> list[tuple[str, ReviewLine]]:
    lines = []
    seen: dict[tuple[str, ...], str] = {}
    operations: dict[str, str] = {}
    for number, row in read_rows(path):
        where = f"{path.name}, row {number}"
        line = read_line(row, where)
        if line.key in seen:
            raise InvalidInput(
                f"{where}: the same rationale stands in {seen[line.key]}. Nothing was imported; "
                "remove one of them."
            )
        seen[line.key] = where
        own = [revision.operation_id for revision in line.revisions]
        judged = [verdict.operation_id for verdict in line.reviews]
        for kind, ids in (("revision", own), ("review", judged)):
            for operation_id in ids:
                other = operations.setdefault(f"{kind} {operation_id}", where)
                if other != where or ids.count(operation_id) > 1:
                    raise InvalidInput(
                        f"{where}: the operation '{operation_id}' stands twice, first in {other}. "
                        "Nothing was imported; correct or remove the row."
                    )
        lines.append((where, line))
    return lines


class Became(StrEnum):
    """What an import made of a line."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    UNMATCHED = "unmatched"
    CONFLICTING = "conflicting"


def _take_in(session: Session, where: str, line: ReviewLine) -> tuple[Became, int | None]:
    question = _question(session, where, line)
    if question is None:
        return Became.UNMATCHED, None
    known = _known(session, question.id, line)
    if known is not None and _is_same(session, known, line):
        return Became.ALREADY_THERE, None
    if known is not None and not _is_untouched(session, known, line):
        return Became.CONFLICTING, None
    if _is_taken(session, line, known):
        return Became.CONFLICTING, None
    if known is None:
        return Became.ADDED, _add(session, question, line)
    _append_history(session, known, line, skip_first=True)
    return Became.ADDED, known.id


def _question(session: Session, where: str, line: ReviewLine) -> QuestionRow | None:
    query = (
        select(QuestionRow)
        .join(DatasetRow, DatasetRow.id == QuestionRow.dataset_id)
        .where(DatasetRow.name == line.dataset, QuestionRow.external_id == line.id)
    )
    if line.split is not None:
        query = query.where(QuestionRow.split == line.split)
    rows = session.scalars(query.limit(2)).all()
    if len(rows) > 1:
        raise InvalidInput(
            f"{where}: '{line.id}' is a question of several splits here. Add the field 'split'."
        )
    return rows[0] if rows else None


def _known(session: Session, question_id: int, line: ReviewLine) -> RationaleRow | None:
    return session.scalar(
        select(RationaleRow).where(
            RationaleRow.question_id == question_id,
            RationaleRow.origin == line.origin,
            RationaleRow.source == line.source,
            RationaleRow.sample == line.sample,
        )
    )


def _is_same(session: Session, row: RationaleRow, line: ReviewLine) -> bool:
    here = ReviewLine.model_validate(next(iter(_lines(session, [row.id]))))
    return here.model_copy(update={"split": line.split}) == line


def _is_untouched(session: Session, row: RationaleRow, line: ReviewLine) -> bool:
    here = next(iter(_lines(session, [row.id])))
    alone = len(here["revisions"]) == 1 and not here["reviews"]
    return alone and bool(here["revisions"][0]["text"] == line.revisions[0].text)


def _is_taken(session: Session, line: ReviewLine, known: RationaleRow | None) -> bool:
    """Return whether an operation of the line was carried out here on something else."""
    revisions = [revision.operation_id for revision in line.revisions[1 if known else 0 :]]
    verdicts = [verdict.operation_id for verdict in line.reviews]
    for model, ids in ((RevisionRow, revisions), (ReviewRow, verdicts)):
        for start in range(0, len(ids), BATCH):
            taken = select(model.id).where(model.operation_id.in_(ids[start : start + BATCH]))
            if session.scalar(taken.limit(1)) is not None:
                return True
    return False


def _add(session: Session, question: QuestionRow, line: ReviewLine) -> int:
    row = RationaleRow(
        question_id=question.id,
        dataset_id=question.dataset_id,
        origin=line.origin,
        source=line.source,
        sample=line.sample,
        status=RationaleStatus.UNREVIEWED,
        created_at=line.created_at,
    )
    session.add(row)
    session.flush()
    _append_history(session, row, line, skip_first=False)
    return row.id


def _append_history(
    session: Session, row: RationaleRow, line: ReviewLine, *, skip_first: bool
) -> None:
    revision_ids = {1: row.revision_id} if skip_first else {}
    for written in line.revisions[1 if skip_first else 0 :]:
        revision = RevisionRow(rationale_id=row.id, **written.model_dump())
        session.add(revision)
        session.flush()
        revision_ids[revision.number] = row.revision_id = revision.id
        row.length = len(revision.text)
    for verdict in line.reviews:
        fields = verdict.model_dump(exclude={"revision", "revision_before"})
        session.add(
            ReviewRow(
                rationale_id=row.id,
                revision_id=revision_ids[verdict.revision],
                revision_before_id=revision_ids[verdict.revision_before],
                **fields,
            )
        )
    row.status = line.status
    session.flush()
