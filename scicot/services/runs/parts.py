"""What each part of a run cost: time, memory, pace, and whether it was there already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import RunPartRow, RunStageRow
from scicot.services.runs.runs import list_metrics


@dataclass(frozen=True, slots=True)
class PartView:
    """A part that is over.

    `peak_memory_bytes` is the most that the run's process had held by its end. A reused stage cost
    0 seconds. `tokens_per_second` is the mean over the steps that this run took.
    """

    name: str
    seconds: float
    peak_memory_bytes: int
    reused: bool
    tokens_per_second: float | None


def keep_part(
    session: Session,
    run_id: int,
    name: str,
    *,
    role: str | None,
    seconds: float,
    peak_memory_bytes: int,
) -> None:
    """Store what a part cost, inside `write(session)`; of two times the larger figures stay."""
    row = session.get(RunPartRow, (run_id, name))
    if row is None:
        count = select(func.count()).select_from(RunPartRow).where(RunPartRow.run_id == run_id)
        place = session.scalar(count) or 0
        row = RunPartRow(
            run_id=run_id, name=name, place=place, role=role, seconds=0.0, peak_memory_bytes=0
        )
        session.add(row)
    row.seconds = max(row.seconds, seconds)
    row.peak_memory_bytes = max(row.peak_memory_bytes, peak_memory_bytes)


def list_parts(session: Session, run_id: int) -> list[PartView]:
    """Return the parts of a run that are over, in the order in which they first were."""
    paces: dict[str, list[float]] = defaultdict(list)
    for point in list_metrics(session, run_id, "tokens_per_second"):
        paces[point.stage].append(point.value)
    reused = set(
        session.scalars(
            select(RunStageRow.role).where(RunStageRow.run_id == run_id, RunStageRow.reused)
        )
    )
    rows = session.scalars(
        select(RunPartRow).where(RunPartRow.run_id == run_id).order_by(RunPartRow.place)
    )
    return [
        PartView(
            name=row.name,
            seconds=row.seconds,
            peak_memory_bytes=row.peak_memory_bytes,
            reused=row.role in reused,
            tokens_per_second=fmean(paces[row.role]) if row.role and paces[row.role] else None,
        )
        for row in rows
    ]
