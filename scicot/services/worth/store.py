"""Worths as rows: stored once a revision and student, read by whoever shows rationales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RationaleRow, WorthRow
from db.rows import chunks
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.words.worth import Worth


def store_worths(
    session: Session,
    run_id: int,
    student: str,
    worths: Mapping[tuple[int, int], Worth],
) -> int:
    """Store worths by (rationale, revision) and return how many were new for this student."""
    with write(session):
        known = set(
            session.scalars(
                select(WorthRow.revision_id).where(
                    WorthRow.student == student,
                    WorthRow.revision_id.in_([revision for _, revision in worths]),
                )
            )
        )
        rows = [
            WorthRow(
                rationale_id=rationale,
                revision_id=revision,
                run_id=run_id,
                student=student,
                help=worth.help,
                leak=worth.leak,
                before=worth.before,
                after=worth.after,
                alone=worth.alone,
                created_at=utc_now(),
            )
            for (rationale, revision), worth in worths.items()
            if revision not in known
        ]
        session.add_all(rows)
    return len(rows)


def load_worths(
    session: Session, rationale_ids: Sequence[int], student: str | None = None
) -> dict[int, Worth]:
    """Return the worth of each rationale's current text, by rationale.

    Of several students the one that measured last counts, unless one is named.
    """
    worths: dict[int, Worth] = {}
    for some in chunks(rationale_ids):
        query = (
            select(WorthRow)
            .join(RationaleRow, RationaleRow.revision_id == WorthRow.revision_id)
            .where(RationaleRow.id.in_(some))
            .order_by(WorthRow.run_id, WorthRow.id)
        )
        if student is not None:
            query = query.where(WorthRow.student == student)
        for row in session.scalars(query):
            worths[row.rationale_id] = to_worth(row)
    return worths


def worths_by_revision(session: Session, rationale_id: int) -> dict[int, tuple[str, Worth]]:
    """Return what each revision of a rationale was worth, and to which student, by revision.

    Of several students the one that measured last counts.
    """
    rows = session.scalars(
        select(WorthRow)
        .where(WorthRow.rationale_id == rationale_id)
        .order_by(WorthRow.run_id, WorthRow.id)
    )
    return {row.revision_id: (row.student, to_worth(row)) for row in rows}


def to_worth(row: WorthRow) -> Worth:
    """Return a stored worth as the record."""
    return Worth(row.help, row.leak, row.before, row.after, row.alone)
