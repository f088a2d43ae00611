"""Figures of the review room: reasons given, and a reviewer's pace for their own eyes."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import RationaleRow, ReviewRow
from scicot.adapters.clock import utc_now
from scicot.pure.runs.durations import say_duration
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.records import Actor, RationaleStatus, Verdict
from scicot.words.reviewing import REASONS

PACE_OVER = timedelta(minutes=10)
PACE_FROM = 5  # verdicts: fewer say nothing about a pace
LONGEST_PAUSE = timedelta(minutes=1)  # between verdicts; a longer one was not spent reading


def count_reasons(session: Session, dataset: str) -> list[tuple[str, int]]:
    """Return the reasons to reject, by digit, with how many standing verdicts gave each."""
    rows = session.execute(
        select(ReviewRow.reason, func.count())
        .join(RationaleRow, RationaleRow.id == ReviewRow.rationale_id)
        .where(
            ReviewRow.verdict == Verdict.REJECT,
            ReviewRow.reason.is_not(None),
            ReviewRow.undone_at.is_(None),
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
        )
        .group_by(ReviewRow.reason)
    )
    counts = dict(rows.all())
    return [(reason, counts.get(reason, 0)) for reason in REASONS]


def pace_of(session: Session, actor: Actor, dataset: str) -> str:
    """Return a reviewer's verdicts a minute and the time left at that pace; "" when unknown.

    Over the last ten minutes; a pause of more than a minute counts as a minute.
    """
    moments = sorted(
        session.scalars(
            select(ReviewRow.created_at)
            .where(
                ReviewRow.reviewer == actor.name,
                ReviewRow.batch_id.is_(None) | (ReviewRow.batch_id == ReviewRow.operation_id),
                ReviewRow.created_at > utc_now() - PACE_OVER,
            )
            .order_by(ReviewRow.id.desc())
            .limit(200)
        )
    )
    if len(moments) < PACE_FROM:
        return ""
    spent = sum(
        (min(LONGEST_PAUSE, later - earlier) for earlier, later in pairwise(moments)),
        timedelta(),
    )
    if not spent:
        return ""
    a_minute = (len(moments) - 1) / (spent / timedelta(minutes=1))
    left = session.scalar(
        select(func.count())
        .select_from(RationaleRow)
        .where(
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
            RationaleRow.status == RationaleStatus.UNREVIEWED,
        )
    )
    return f"{a_minute:.0f} a minute, {say_duration(60 * (left or 0) / a_minute)} left"
