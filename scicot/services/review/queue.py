"""The review queue: what is left, what comes next, and all that a decision needs of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from db.models import FlagRow, RationaleRow, ReviewRow, RevisionRow, SecondReadingRow
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.judge_order import rejected_first
from scicot.services.rationales.worth_order import worst_first, worth_is
from scicot.services.review.drift import touched_ids
from scicot.services.review.items import load_items
from scicot.services.review.leases import read_by_another, release_all, take_leases
from scicot.services.review.rejection import fit_queue, likely_rejected
from scicot.services.review.samples import has_samples, leads_in, list_samples
from scicot.words.patterns import check_pattern
from scicot.words.records import Actor, RationaleStatus
from scicot.words.reviewing import Queue, QueueFilter, ReviewItem

COUNT_UP_TO = 1000
LOOKS_AGAIN = 10  # times, while others take what was found
WORKED_THROUGH = (Queue.UNREVIEWED, Queue.FLAGGED, Queue.CLEAN, Queue.SKIPPED)  # leased when read
STATUS_QUEUES = {
    Queue.UNREVIEWED: RationaleStatus.UNREVIEWED,
    Queue.FLAGGED: RationaleStatus.UNREVIEWED,
    Queue.CLEAN: RationaleStatus.UNREVIEWED,
    Queue.ACCEPTED: RationaleStatus.ACCEPTED,
    Queue.EDITED: RationaleStatus.EDITED,
    Queue.REJECTED: RationaleStatus.REJECTED,
    Queue.SKIPPED: RationaleStatus.SKIPPED,
}


def next_items(
    session: Session,
    actor: Actor,
    wanted: QueueFilter,
    *,
    size: int = 40,
    have: Sequence[int] = (),
    first: int | None = None,
) -> list[ReviewItem]:
    """Return the next rationales of a queue, the riskiest first, without those in `have`.

    With `likely_first` those that verdicts so far say are likeliest rejected come first, once
    there are enough of them to fit; with `judged_first` what a judge rejects.

    In a queue that is worked through a question comes once, by its best fitting sample.

    `first` is put in front whatever the filter says: a link or an undo asked for it. What comes
    from a queue that is worked through is leased to the actor, and nothing that somebody else is
    reading is in it.
    """
    query = _filtered(session, actor, wanted, select(RationaleRow.id))
    query = query.where(*_leading(session, wanted.queue))
    if wanted.queue in WORKED_THROUGH:
        query = query.where(~read_by_another(actor))
    if have:
        query = query.where(RationaleRow.id.not_in(have))
    worst = [worst_first(wanted.worth)] if wanted.worth else []
    if wanted.judged_first:
        worst.append(rejected_first().desc())
    fitted = fit_queue(session, wanted.dataset) if wanted.likely_first else None
    if fitted is not None:
        worst.append(likely_rejected(fitted.fit).desc())
    query = query.order_by(*worst, RationaleRow.risk.desc(), RationaleRow.id.desc())
    ids = list(session.scalars(query.limit(size)))
    if wanted.queue in WORKED_THROUGH:
        ids = _lease_next(session, actor, wanted.queue, query, ids, size, have)
    if first is not None and first not in have:
        ids = [first, *(rationale_id for rationale_id in ids if rationale_id != first)]
    items = load_items(session, actor, ids, with_samples=wanted.queue is not Queue.SECOND)
    return _as_first_read(session, items) if wanted.queue is Queue.SECOND else items


def _leading(session: Session, queue: Queue) -> list[ColumnElement[bool]]:
    # without samples every rationale leads, and the counts stay reads of an index
    return leads_in(queue) if queue in WORKED_THROUGH and has_samples(session) else []


def _lease_next(
    session: Session,
    actor: Actor,
    queue: Queue,
    query: Select[Any],
    ids: Sequence[int],
    size: int,
    have: Sequence[int],
) -> list[int]:
    """Lease these; what comes further down where others asked at the same time and were first."""
    for look in range(1, LOOKS_AGAIN + 1):
        leased = _still_in(session, actor, queue, _lease(session, actor, ids, have))
        if leased or not ids:
            return leased
        # what they read now is passed over; behind the end it is the head again
        further = list(session.scalars(query.offset(size * look).limit(size)))
        ids = further or list(session.scalars(query.limit(size)))
    return []


def _lease(session: Session, actor: Actor, ids: Sequence[int], have: Sequence[int]) -> list[int]:
    """Lease these with their samples, which the card brings along; return those now held."""
    beside = {sample for some in list_samples(session, ids).values() for sample in some}
    held = take_leases(session, actor, [*ids, *beside.difference(ids)])
    release_all(session, actor, except_for=[*have, *held])
    return [rationale_id for rationale_id in ids if rationale_id in held]


def _still_in(session: Session, actor: Actor, queue: Queue, ids: list[int]) -> list[int]:
    """Return those that nobody has decided between being found and being leased."""
    query = select(RationaleRow.id).where(RationaleRow.id.in_(ids), *_in_queue(queue, actor))
    left = set(session.scalars(query))
    return [rationale_id for rationale_id in ids if rationale_id in left]


def _as_first_read(session: Session, items: Sequence[ReviewItem]) -> list[ReviewItem]:
    """Return the items with the text that the first reader judged, and without their verdict."""
    ids = [item.rationale.id for item in items]
    texts = dict(
        session.execute(
            select(SecondReadingRow.rationale_id, RevisionRow.text)
            .join(RevisionRow, RevisionRow.id == SecondReadingRow.revision_id)
            .where(SecondReadingRow.rationale_id.in_(ids))
        ).all()
    )
    return [
        replace(
            item,
            rationale=replace(
                item.rationale,
                text=texts.get(item.rationale.id, item.rationale.text),
                status=RationaleStatus.UNREVIEWED,
            ),
            verdict=None,
            reason=None,
            reviewer=None,
        )
        for item in items
    ]


def count_queues(session: Session, actor: Actor, dataset: str) -> dict[Queue, int]:
    """Return how many rationales each queue of a dataset holds; read off indexes."""
    dataset_id = find_dataset_id(session, dataset)
    of_dataset = RationaleRow.dataset_id == dataset_id
    by_status = dict(
        session.execute(
            select(RationaleRow.status, func.count())
            .where(of_dataset)
            .group_by(RationaleRow.status)
        ).all()
    )
    counts = {queue: by_status.get(status, 0) for queue, status in STATUS_QUEUES.items()}
    counts[Queue.FLAGGED] = _count_led(session, dataset_id, Queue.FLAGGED, actor)
    if has_samples(session):
        for queue in (Queue.UNREVIEWED, Queue.SKIPPED):
            counts[queue] = _count_led(session, dataset_id, queue, actor)
    counts[Queue.CLEAN] = counts[Queue.UNREVIEWED] - counts[Queue.FLAGGED]
    counts[Queue.ALL] = sum(by_status.values())
    for queue in (Queue.CONFLICTING, Queue.SECOND):
        counts[queue] = (
            session.scalar(
                select(func.count())
                .select_from(SecondReadingRow)
                .where(SecondReadingRow.dataset_id == dataset_id, *_reading_is(queue, actor))
            )
            or 0
        )
    return counts


def _count_led(session: Session, dataset_id: int, queue: Queue, actor: Actor) -> int:
    query = select(func.count()).where(
        RationaleRow.dataset_id == dataset_id,
        *_in_queue(queue, actor),
        *_leading(session, queue),
    )
    return session.scalar(query) or 0


def count_filtered(session: Session, actor: Actor, wanted: QueueFilter) -> int:
    """Return how many rationales the filter leaves, counted up to 1,000."""
    some = _filtered(session, actor, wanted, select(RationaleRow.id))
    some = some.where(*_leading(session, wanted.queue)).limit(COUNT_UP_TO)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def list_sources(session: Session, dataset: str) -> list[str]:
    """Return the sources of a dataset's rationales, sorted."""
    query = (
        select(RationaleRow.source)
        .where(RationaleRow.dataset_id == find_dataset_id(session, dataset))
        .distinct()
    )
    return sorted(session.scalars(query))


def list_reviewers(session: Session) -> list[str]:
    """Return everybody who has written a verdict, sorted."""
    return sorted(session.scalars(select(ReviewRow.reviewer).distinct()))


def _filtered(
    session: Session, actor: Actor, wanted: QueueFilter, query: Select[Any]
) -> Select[Any]:
    query = query.where(RationaleRow.dataset_id == find_dataset_id(session, wanted.dataset))
    query = query.where(*_in_queue(wanted.queue, actor))
    if wanted.check:
        query = query.where(
            exists().where(
                FlagRow.rationale_id == RationaleRow.id, FlagRow.check_id == wanted.check
            )
        )
    if wanted.source:
        query = query.where(RationaleRow.source == wanted.source)
    if wanted.reviewer:
        query = query.where(
            exists().where(
                ReviewRow.rationale_id == RationaleRow.id,
                ReviewRow.reviewer == wanted.reviewer,
                ReviewRow.undone_at.is_(None),
            )
        )
    if wanted.touched:
        query = query.where(RationaleRow.id.in_(touched_ids(session, wanted.dataset)))
    if wanted.own_answer_right is not None:
        query = query.where(RationaleRow.own_answer_right.is_(wanted.own_answer_right))
    if wanted.worth:
        query = query.where(worth_is(wanted.worth))
    if wanted.shortest is not None:
        query = query.where(RationaleRow.length >= wanted.shortest)
    if wanted.longest is not None:
        query = query.where(RationaleRow.length <= wanted.longest)
    if wanted.changed is not None or wanted.pattern:
        query = query.join(RationaleRow.current)
    if wanted.changed is not None:
        query = query.where(RevisionRow.number > 1 if wanted.changed else RevisionRow.number == 1)
    if wanted.pattern:
        query = query.where(RevisionRow.text.regexp_match(check_pattern(wanted.pattern)))
    return query


def _in_queue(queue: Queue, actor: Actor) -> list[ColumnElement[bool]]:
    if queue is Queue.ALL:
        return []
    if queue in (Queue.CONFLICTING, Queue.SECOND):
        return [
            exists().where(
                SecondReadingRow.rationale_id == RationaleRow.id, *_reading_is(queue, actor)
            )
        ]
    conditions: list[ColumnElement[bool]] = [RationaleRow.status == STATUS_QUEUES[queue]]
    if queue is Queue.FLAGGED:
        conditions.append(RationaleRow.risk > 0)
    if queue is Queue.CLEAN:
        conditions.append(RationaleRow.risk == 0)
    return conditions


def _reading_is(queue: Queue, actor: Actor) -> list[ColumnElement[bool]]:
    if queue is Queue.CONFLICTING:
        return [SecondReadingRow.agreed.is_(False), SecondReadingRow.adjudicated_at.is_(None)]
    return [SecondReadingRow.agreed.is_(None), SecondReadingRow.first_reviewer != actor.name]
