"""The rationales of one question in their current texts, for whoever shows that question."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ImportRow, RationaleRow, RevisionRow
from scicot.words.records import Origin, RationaleStatus


@dataclass(frozen=True, slots=True)
class StoredRationale:
    """A rationale of a question in its current text."""

    origin: Origin
    source: str
    sample: int
    status: RationaleStatus
    text: str
    brought_with: str = ""  # the model and the word on its prompt, of an import


def list_rationales(
    session: Session, question_id: int, origins: Collection[Origin] = tuple(Origin)
) -> list[StoredRationale]:
    """Return the question's rationales of these origins, oldest first."""
    rows = session.execute(
        select(RationaleRow, RevisionRow.text, ImportRow.result)
        .join(RationaleRow.current)
        .outerjoin(ImportRow, ImportRow.id == RationaleRow.import_id)
        .where(RationaleRow.question_id == question_id, RationaleRow.origin.in_(origins))
        .order_by(RationaleRow.id)
    )
    return [
        StoredRationale(
            row.origin, row.source, row.sample, row.status, text, _brought_with(result or {})
        )
        for row, text, result in rows
    ]


def _brought_with(result: Mapping[str, Any]) -> str:
    return ", ".join(str(result[name]) for name in ("model", "prompt_note") if result.get(name))
