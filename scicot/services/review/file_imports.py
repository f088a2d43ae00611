"""Exported decisions taken in: each rationale with its whole history, or left as it is here."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, QuestionRow, RationaleRow, ReviewRow, RevisionRow
from db.session import write
from scicot.adapters.sources.jsonl import read_rows
from scicot.services.rationales.checks import refresh_flags
from scicot.services.review.files import list_lines
from scicot.services.review.lines import ReviewLine, read_line
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RationaleStatus
from scicot.words.storage import expand

BATCH = 500
CHUNK = 100  # rationales a writing transaction: a third of a second on a slow core
PAUSE_SECONDS = 0.11  # whoever waits for SQLite's lock looks every tenth of a second


@dataclass(frozen=True, slots=True)
class ReviewImport:
    """What an import of decisions did. `conflicting` rationales say something else here."""

    added: int
    already_there: int
    unmatched: int
    conflicting: int


@needs(Action.IMPORT)
def import_reviews(session: Session, actor: Actor, path: Path) -> ReviewImport:
    """Take in exported decisions and say what became of each rationale.

    The whole file is checked before the first row is written, then written in chunks, so that
    nobody at the desk waits; a kill in between leaves whole rationales, and the same import again
    adds the rest. A rationale that is not here is added with its whole history. One that nobody
    has worked on yet takes the history on, if its text is the exported first one. One that says
    or was decided otherwise here is left as it is and counted as conflicting.
    """
    lines = _read(expand(path))
    done = Counter[Became]()
    for start in range(0, len(lines), CHUNK):
        with write(session):
            became = [
                (_take_in(session, where, line)) for where, line in lines[start : start + CHUNK]
            ]
        done.update(kind for kind, _ in became)
        if start + CHUNK < len(lines):
            time.sleep(PAUSE_SECONDS)
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
    here = ReviewLine.model_validate(next(iter(list_lines(session, [row.id]))))
    return here.model_copy(update={"split": line.split}) == line


def _is_untouched(session: Session, row: RationaleRow, line: ReviewLine) -> bool:
    here = next(iter(list_lines(session, [row.id])))
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
