"""The decisions out as JSONL: every revision and verdict of a rationale on one line.

Export, import into an empty database that has the same questions (`file_imports.py`), export
again: the files are equal byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, QuestionRow, RationaleRow, ReviewRow, RevisionRow
from db.rows import chunks
from db.session import write
from scicot.adapters.atomic_files import write_atomically
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.people import Action, needs
from scicot.words.records import Actor


@needs(Action.EXPORT)
def export_reviews(
    session: Session, actor: Actor, path: Path, *, dataset: str | None = None
) -> int:
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
        for line in list_lines(session, some)
    ]
    with write(session):
        pass  # nothing but who took it out
    write_atomically(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
    return len(lines)


def list_lines(session: Session, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    """Yield each rationale as the file has it: who wrote it, every revision, every verdict."""
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
        "first_wrong": row.first_wrong,
    }
