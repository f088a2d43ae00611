"""A run told to TensorBoard, MLflow or Weights & Biases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import MetricRow
from db.session import write
from scicot.adapters.trackers import TrackedRun, send
from scicot.services.runs.runs import get_run
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Tracker
from scicot.words.settings import Settings


@needs(Action.EXPORT)
def send_run(
    session: Session,
    settings: Settings,
    actor: Actor,
    run_id: int,
    tracker: Tracker,
    folder: Path | None = None,
) -> str:
    """Give a run's settings, curves and results to a tracker, and return where they are.

    Without a folder TensorBoard's files lie in `tensorboard/` of the artifacts. Raises NotFound,
    and InvalidInput where the tracker's package is not installed.
    """
    run = get_run(session, run_id)
    rows = session.scalars(
        select(MetricRow).where(MetricRow.run_id == run_id).order_by(MetricRow.id)
    )
    tracked = TrackedRun(
        id=run.id,
        name=run.name,
        begun=run.started_at or run.created_at,
        settings={name: str(value) for name, value in run.config.items() if value is not None},
        points=[(row.at, row.step, f"{row.stage}/{row.name}", row.value) for row in rows],
        result=_numbers(run.metrics or {}),
    )
    where = send(tracker, tracked, folder or settings.artifacts_folder / "tensorboard")
    with write(session):
        pass  # nothing but who took it out
    return where


def _numbers(result: Mapping[str, object]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in result.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
