"""Imports of rationales: matched to their questions, all or nothing, once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, ImportRow, QuestionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.sources.rationale_files import RationaleLine, read_rationales
from scicot.pure.hashing import content_hash
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.revisions import add_rationale
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, Cause, Origin, RationaleStatus


@dataclass(frozen=True, slots=True)
class RationaleImport:
    """What an import of rationales did. Unmatched lines name no question of the datasets."""

    added: int
    already_there: int
    unmatched: int


def import_rationales(
    session: Session, actor: Actor, path: Path, *, dataset: str, source: str
) -> RationaleImport:
    """Import human rationales by question id, already accepted: people wrote them.

    `dataset` may be a prefix of several (`arc` for `arc-easy` and `arc-challenge`). All or
    nothing; a source that has a rationale for the question keeps the one it has.
    """
    if not source.strip():
        raise InvalidInput("The source has no name. Give it one, for instance 'worldtree'.")
    lines = list(read_rationales(path.expanduser()))
    added = already_there = 0
    with write(session):
        ids = _question_ids(session, dataset)
        matched = [(ids[line.external_id], line) for line in lines if line.external_id in ids]
        for question_id, line in matched:
            if _add_human(session, actor, question_id, source, line):
                added += 1
            else:
                already_there += 1
        session.add(
            ImportRow(
                kind="rationales",
                source_name=path.name,
                content_hash=content_hash([[line.external_id, line.text] for line in lines]),
                target=f"{dataset}: {source}",
                actor=actor.name,
                created_at=utc_now(),
                result={"added": added, "already_there": already_there},
            )
        )
    return RationaleImport(added, already_there, len(lines) - len(matched))


def add_supports(
    session: Session, actor: Actor, source: str, texts: Sequence[tuple[int, str]]
) -> int:
    """Add explanations that came with their questions as human rationales; return how many.

    To be called inside the caller's `write(session)`.
    """
    added = 0
    for question_id, text in texts:
        added += (
            add_rationale(
                session,
                actor,
                question_id=question_id,
                origin=Origin.HUMAN,
                source=source,
                text=text,
                cause=Cause.IMPORTED,
                status=RationaleStatus.ACCEPTED,
                operation_id=uuid.uuid4().hex,
            )
            is not None
        )
    return added


def _add_human(
    session: Session, actor: Actor, question_id: int, source: str, line: RationaleLine
) -> bool:
    added = add_rationale(
        session,
        actor,
        question_id=question_id,
        origin=Origin.HUMAN,
        source=source,
        text=line.text,
        cause=Cause.IMPORTED,
        status=RationaleStatus.ACCEPTED,
        operation_id=uuid.uuid4().hex,
    )
    return added is not None


def _question_ids(session: Session, dataset: str) -> dict[str, int]:
    query = select(QuestionRow.external_id, QuestionRow.id).join(
        DatasetRow, DatasetRow.id == QuestionRow.dataset_id
    )
    several = DatasetRow.name.in_([f"{dataset}-easy", f"{dataset}-challenge"])
    rows = session.execute(query.where((DatasetRow.name == dataset) | several)).all()
    if not rows:
        find_dataset_id(session, dataset)  # raises NotFound with the names there are
    return dict(rows)
