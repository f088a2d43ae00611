"""Samples: several rationales that one teacher wrote for one question; the best fitting leads.

A text that argues for another option than the key comes after one that does not, then the less
suspicious one comes first. In the queues that are worked through a question has one place, its
best fitting sample's; the card brings the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from db.models import FlagRow, RationaleRow
from scicot.pure.checks.table import AGAINST_KEY
from scicot.words.records import APPROVED, RationaleStatus
from scicot.words.reviewing import Queue

UNDECIDED = (RationaleStatus.UNREVIEWED, RationaleStatus.SKIPPED)


def has_samples(session: Session) -> bool:
    """Return whether any question has more than one rationale of one source."""
    return session.scalar(select(exists().where(RationaleRow.sample > 0))) or False


def leads_in(queue: Queue) -> list[ColumnElement[bool]]:
    """Return the conditions under which a rationale stands in a queue for all its samples.

    A skipped question waits in one place, and one whose sample was taken waits nowhere.
    """
    among = (RationaleStatus.SKIPPED,) if queue is Queue.SKIPPED else UNDECIDED
    conditions = [~_exists_sample(among, only_better=True)]
    if queue is Queue.SKIPPED:
        conditions.append(~_exists_sample(APPROVED, only_better=False))
    return conditions


def _exists_sample(
    statuses: Sequence[RationaleStatus], *, only_better: bool
) -> ColumnElement[bool]:
    other = aliased(RationaleRow)
    conditions = [_same_samples(other), other.id != RationaleRow.id, other.status.in_(statuses)]
    if only_better:
        conditions.append(tuple_(*_fit(other)) < tuple_(*_fit(RationaleRow)))
    return exists().where(*conditions)


def _same_samples(other: Any, one: Any = RationaleRow) -> ColumnElement[bool]:
    return and_(
        other.question_id == one.question_id,
        other.origin == one.origin,
        other.source == one.source,
    )


def _fit(row: Any) -> tuple[ColumnElement[Any], ...]:
    """Return what samples are ordered by, the best fitting first."""
    against = exists().where(FlagRow.rationale_id == row.id, FlagRow.check_id.in_(AGAINST_KEY))
    return case((against.correlate_except(FlagRow), 1), else_=0), row.risk, row.id


def list_samples(session: Session, rationale_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the ids of all samples beside each of these, itself included, the best fitting first.

    A rationale that is its question's only one of its source is left out.
    """
    rationale, other, another = (aliased(RationaleRow) for _ in range(3))
    rows = session.execute(
        select(rationale.id, other.id)
        .join(other, _same_samples(other, rationale))
        .where(
            rationale.id.in_(rationale_ids),
            exists().where(_same_samples(another, rationale), another.id != rationale.id),
        )
        .order_by(rationale.id, *_fit(other))
    )
    samples: dict[int, list[int]] = {}
    for rationale_id, sample_id in rows:
        samples.setdefault(rationale_id, []).append(sample_id)
    return samples


def samples_beside(
    session: Session, rationale: RationaleRow, statuses: Sequence[RationaleStatus]
) -> Sequence[RationaleRow]:
    """Return the other samples of a rationale in these statuses, locked, in a transaction."""
    return session.scalars(
        select(RationaleRow)
        .where(
            RationaleRow.question_id == rationale.question_id,
            RationaleRow.origin == rationale.origin,
            RationaleRow.source == rationale.source,
            RationaleRow.id != rationale.id,
            RationaleRow.status.in_(statuses),
        )
        .order_by(RationaleRow.id)
        .with_for_update()
    ).all()
