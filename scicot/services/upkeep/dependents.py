"""What hangs on a run, a snapshot or a dataset: said before it is deleted, and what forbids it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import AttemptRow, DatasetRow, RunRow, SnapshotRow
from db.removal import Removal, plan_removal
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.runs import get_run
from scicot.services.training.snapshots import find_snapshot
from scicot.words.records import RunKind
from scicot.words.teaching import PAID, AttemptOutcome

# the tables whose rows a person knows, and what they call them
SAID = {
    "question": "questions",
    "rationale": "rationales",
    "review": "review decisions",
    "completion": "teacher's answers",
    "prediction": "predictions",
    "metric": "points of curves",
    "snapshot_item": "frozen texts",
    "worth": "measurements of worth",
    "judgement": "judgements",
    "note": "notes",
}


@dataclass(frozen=True, slots=True)
class Dependents:
    """What would go with a record, in words, and what must not.

    `blockers` are sentences; where there is one, deleting is refused and archiving is the way.
    `runs` and `snapshots` hang on it and are records of their own.
    """

    what: str
    goes: Sequence[str]
    blockers: Sequence[str]
    runs: Sequence[int] = ()
    snapshots: Sequence[int] = ()

    def sentence(self) -> str:
        """Return what hangs on it, for a person who is about to decide."""
        if self.blockers:
            return f"{self.what} cannot be deleted. {' '.join(self.blockers)}"
        goes = ", ".join(self.goes) or "nothing else"
        return f"With {self.what} would go: {goes}."


def of_run(session: Session, run_id: int) -> Dependents:
    """Return what hangs on a run; raises NotFound."""
    run = get_run(session, run_id)
    blockers = []
    if not run.status.is_finished:
        blockers.append("It is not over: cancel it first.")
    answering = _asking(session, run_id)
    if answering:
        blockers.append(
            f"Its students answer for {_numbers('run', answering)}: delete these first, or "
            "archive it."
        )
    if paid := _paid(session, run_id):
        blockers.append(f"{paid} Archive it instead: its answers are never bought twice.")
    plan = plan_removal(session, RunRow, [run_id])
    return Dependents(f"run {run.id}", _say(plan), blockers, runs=answering)


def of_snapshot(session: Session, name: str) -> Dependents:
    """Return what hangs on a snapshot; raises NotFound."""
    snapshot = find_snapshot(session, name)
    query = select(RunRow.id).where(RunRow.snapshot_id == snapshot.id).order_by(RunRow.id)
    runs = list(session.scalars(query))
    blockers = []
    if runs:
        trained = _numbers("run", runs)
        blockers.append(f"{trained} trained on it: delete these first, or archive it.".capitalize())
    plan = plan_removal(session, SnapshotRow, [snapshot.id])
    return Dependents(f"snapshot {snapshot.name}", _say(plan), blockers, runs=runs)


def of_dataset(session: Session, name: str) -> Dependents:
    """Return what hangs on a dataset; its runs and snapshots must go first, or with it."""
    dataset_id = find_dataset_id(session, name)
    dataset = session.get_one(DatasetRow, dataset_id)
    runs = list(
        session.scalars(
            select(RunRow.id).where(RunRow.dataset_id == dataset_id).order_by(RunRow.id)
        )
    )
    rows = session.execute(
        select(SnapshotRow.id, SnapshotRow.name).where(SnapshotRow.dataset_id == dataset_id)
    ).all()
    blockers = [sentence for run_id in runs for sentence in _never(session, run_id)]
    goes = [*_say(plan_removal(session, DatasetRow, [dataset_id]))]
    if rows:
        goes.append(f"{len(rows):,} snapshots")
    if runs:
        goes.append(_numbers("run", runs))
    return Dependents(
        f"dataset {dataset.name}", goes, blockers, runs=runs, snapshots=[row.id for row in rows]
    )


def _never(session: Session, run_id: int) -> list[str]:
    """Return why a run may not even go with its dataset."""
    if not get_run(session, run_id).status.is_finished:
        return [f"Run {run_id} is not over: cancel it first."]
    paid = _paid(session, run_id)
    return [f"Run {run_id}: {paid} Archive the dataset instead."] if paid else []


def _asking(session: Session, run_id: int) -> list[int]:
    """Return the runs in which this one's students answer."""
    kinds = (RunKind.PREDICT, RunKind.ATTRIBUTE, RunKind.WORTH)
    rows = session.execute(select(RunRow.id, RunRow.config).where(RunRow.kind.in_(kinds)))
    return sorted(row.id for row in rows if row.config.get("run") == run_id)


def _paid(session: Session, run_id: int) -> str:
    """Return what a run's calls cost or may have cost, empty where they were free."""
    cost, unknown = session.execute(
        select(
            func.coalesce(func.sum(AttemptRow.cost_usd), 0.0),
            func.count().filter(AttemptRow.cost_usd.is_(None)),
        ).where(
            AttemptRow.run_id == run_id,
            AttemptRow.outcome.in_([*PAID, AttemptOutcome.MAYBE_PAID]),
        )
    ).one()
    if cost:
        return f"Its calls cost ${cost:,.4f}."
    return f"{unknown:,} of its calls may have been charged." if unknown else ""


def _numbers(noun: str, ids: Sequence[int]) -> str:
    shown = ", ".join(map(str, ids[:8])) + (f" and {len(ids) - 8:,} more" if len(ids) > 8 else "")
    return f"{noun}{'s' * (len(ids) > 1)} {shown}"


def _say(plan: Removal) -> list[str]:
    return [f"{plan.count(table):,} {noun}" for table, noun in SAID.items() if plan.count(table)]
