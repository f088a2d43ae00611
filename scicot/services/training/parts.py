"""What each part of a training run cost: time, memory, pace, and whether it was there already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RunStageRow
from scicot.services.runs.runs import list_metrics
from scicot.services.students.watcher import PEAK_MEMORY, SECONDS

TRAIN = "train "  # how the name of a part that trains a stage begins; the stage's role follows


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


def list_parts(session: Session, run_id: int) -> list[PartView]:
    """Return the parts of a run that are over, in the order in which they first were."""
    found: dict[str, dict[str, float]] = {}
    paces: dict[str, list[float]] = defaultdict(list)
    for point in list_metrics(session, run_id):
        if point.name in (SECONDS, PEAK_MEMORY):
            found.setdefault(point.stage, {})[point.name] = point.value
        elif point.name == "tokens_per_second":
            paces[point.stage].append(point.value)
    reused = set(
        session.scalars(
            select(RunStageRow.role).where(RunStageRow.run_id == run_id, RunStageRow.reused)
        )
    )
    parts = []
    for name, figures in found.items():
        role = name.removeprefix(TRAIN) if name.startswith(TRAIN) else ""
        parts.append(
            PartView(
                name=name,
                seconds=figures.get(SECONDS, 0.0),
                peak_memory_bytes=round(figures.get(PEAK_MEMORY, 0.0)),
                reused=role in reused,
                tokens_per_second=fmean(paces[role]) if paces.get(role) else None,
            )
        )
    return parts
