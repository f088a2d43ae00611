"""Who has done what here, for the people themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ReviewRow, RunRow
from scicot.words.records import Verdict


@dataclass(frozen=True, slots=True)
class PersonActivity:
    """One name's decisions that stand, by verdict, and the runs it started."""

    name: str
    decisions: dict[str, int]
    runs: int
    last_decision_at: datetime | None


def list_activity(session: Session) -> list[PersonActivity]:
    """Return each name that has reviewed or started something, sorted."""
    verdicts: dict[str, dict[str, int]] = {}
    last: dict[str, datetime] = {}
    rows = session.execute(
        select(ReviewRow.reviewer, ReviewRow.verdict, func.count(), func.max(ReviewRow.created_at))
        .where(ReviewRow.undone_at.is_(None))
        .group_by(ReviewRow.reviewer, ReviewRow.verdict)
    )
    for name, verdict, count, latest in rows:
        verdicts.setdefault(name, {})[verdict.value] = count
        last[name] = max(latest, last.get(name, latest))
    runs = dict(session.execute(select(RunRow.actor, func.count()).group_by(RunRow.actor)).all())
    return [
        PersonActivity(
            name=name,
            decisions={
                verdict.value: verdicts.get(name, {}).get(verdict, 0) for verdict in Verdict
            },
            runs=runs.get(name, 0),
            last_decision_at=last.get(name),
        )
        for name in sorted(verdicts.keys() | runs.keys())
    ]
