"""The decisions out and in as JSONL: every revision and verdict of a rationale on one line.

Export, import into an empty database that has the same questions, export again: the files are
equal byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, Cause, Origin, RationaleStatus, Verdict

BATCH = 500


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
        row.id: (row, external_id, dataset)
        for row, external_id, dataset in session.execute(
            select(RationaleRow, QuestionRow.external_id, DatasetRow.name)
            .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
            .join(DatasetRow, DatasetRow.id == RationaleRow.dataset_id)
            .where(RationaleRow.id.in_(ids))
        )
    }
    revisions = _grouped(session, RevisionRow, ids)
    reviews = _grouped(session, ReviewRow, ids)
    for one in ids:
        row, external_id, dataset = rows[one]
        numbers = {revision.id: revision.number for revision in revisions[one]}
        yield {
            "id": external_id,
            "dataset": dataset,
            "origin": row.origin.value,
            "source": row.source,
            "sample": row.sample,
            "status": row.status.value,
            "created_at": row.created_at.isoformat(),
            "revisions": [_revision_fields(revision) for revision in revisions[one]],
            "reviews": [_review_fields(review, numbers) for review in reviews.get(one, ())],
        }


def _grouped(session: Session, model: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    query = select(model).where(model.rationale_id.in_(ids)).order_by(model.rationale_id, model.id)
    for row in session.scalars(query):
        found.setdefault(row.rationale_id, []).append(row)
    return found


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


def import_reviews(session: Session, actor: Actor, path: Path) -> ReviewImport:
    """Take in exported decisions, all or nothing, and say what became of each rationale.

    A rationale that is not here is added with its whole history. One that nobody has worked on yet
    takes the history on, if its text is the exported first one. One that says or was decided
    otherwise here is left as it is and counted as conflicting.
    """
    lines = [(f"{path.name}, row {number}", row) for number, row in read_rows(path.expanduser())]
    added: list[int] = []
    there = unmatched = conflicting = 0
    with write(session):
        for where, line in lines:
            try:
                question = _question(session, line)
                if question is None:
                    unmatched += 1
                    continue
                known = _known(session, question.id, line)
                if known is None:
                    added.append(_add(session, question, line))
                elif _is_same(session, known, line):
                    there += 1
                elif _is_untouched(session, known, line):
                    _append_history(session, known, line, skip_first=True)
                    added.append(known.id)
                else:
                    conflicting += 1
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise InvalidInput(
                    f"{where}: this is no line of `review export` ({error}). Nothing was imported; "
                    "correct or remove the row."
                ) from error
    refresh_flags(session, added)
    return ReviewImport(len(added), there, unmatched, conflicting)


def _question(session: Session, line: Mapping[str, Any]) -> QuestionRow | None:
    return session.scalar(
        select(QuestionRow)
        .join(DatasetRow, DatasetRow.id == QuestionRow.dataset_id)
        .where(DatasetRow.name == line["dataset"], QuestionRow.external_id == line["id"])
    )


def _known(session: Session, question_id: int, line: Mapping[str, Any]) -> RationaleRow | None:
    return session.scalar(
        select(RationaleRow).where(
            RationaleRow.question_id == question_id,
            RationaleRow.origin == Origin(line["origin"]),
            RationaleRow.source == line["source"],
            RationaleRow.sample == line["sample"],
        )
    )


def _is_same(session: Session, row: RationaleRow, line: Mapping[str, Any]) -> bool:
    here = next(iter(_lines(session, [row.id])))
    return here == line


def _is_untouched(session: Session, row: RationaleRow, line: Mapping[str, Any]) -> bool:
    here = next(iter(_lines(session, [row.id])))
    alone = len(here["revisions"]) == 1 and not here["reviews"]
    return alone and bool(here["revisions"][0]["text"] == line["revisions"][0]["text"])


def _add(session: Session, question: QuestionRow, line: Mapping[str, Any]) -> int:
    row = RationaleRow(
        question_id=question.id,
        dataset_id=question.dataset_id,
        origin=Origin(line["origin"]),
        source=line["source"],
        sample=line["sample"],
        status=RationaleStatus.UNREVIEWED,
        created_at=datetime.fromisoformat(line["created_at"]),
    )
    session.add(row)
    session.flush()
    _append_history(session, row, line, skip_first=False)
    return row.id


def _append_history(
    session: Session, row: RationaleRow, line: Mapping[str, Any], *, skip_first: bool
) -> None:
    made = {1: row.revision_id} if skip_first else {}
    for one in line["revisions"][1 if skip_first else 0 :]:
        revision = RevisionRow(
            rationale_id=row.id,
            number=one["number"],
            text=one["text"],
            author=one["author"],
            cause=Cause(one["cause"]),
            operation_id=one["operation_id"],
            created_at=datetime.fromisoformat(one["created_at"]),
        )
        session.add(revision)
        session.flush()
        made[revision.number] = row.revision_id = revision.id
        row.length = len(revision.text)
    for one in line["reviews"]:
        undone_at = one["undone_at"]
        session.add(
            ReviewRow(
                rationale_id=row.id,
                revision_id=made[one["revision"]],
                revision_before_id=made[one["revision_before"]],
                status_before=RationaleStatus(one["status_before"]),
                verdict=Verdict(one["verdict"]),
                reason=one["reason"],
                reviewer=one["reviewer"],
                operation_id=one["operation_id"],
                batch_id=one["batch_id"],
                created_at=datetime.fromisoformat(one["created_at"]),
                undone_at=datetime.fromisoformat(undone_at) if undone_at else None,
                undo_operation_id=one["undo_operation_id"],
            )
        )
    row.status = RationaleStatus(line["status"])
    session.flush()
