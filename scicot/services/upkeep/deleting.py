"""Deleting for good, after `dependents` has said what goes with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from db.models import DatasetRow, RunRow, SnapshotRow
from db.removal import plan_removal, remove
from db.session import write
from scicot.adapters.artifacts import remove_run_files
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.training.snapshots import find_snapshot
from scicot.services.upkeep.dependents import Dependents, of_dataset, of_run, of_snapshot
from scicot.words.errors import Conflict
from scicot.words.people import Action, needs
from scicot.words.records import Actor
from scicot.words.settings import Settings


@needs(Action.DELETE)
def delete_run(session: Session, settings: Settings, actor: Actor, run_id: int) -> Dependents:
    """Delete a run with its predictions, curves and log; raises Conflict where it must not go.

    Its students stay until space is freed: another run may share them.
    """
    dependents = _allowed(of_run(session, run_id))
    with write(session):
        remove(session, plan_removal(session, RunRow, [run_id]))
    _clear_files(settings, [run_id])
    return dependents


@needs(Action.DELETE)
def delete_snapshot(session: Session, actor: Actor, snapshot: str) -> Dependents:
    """Delete a snapshot that no run trained on; raises Conflict for another."""
    dependents = _allowed(of_snapshot(session, snapshot))
    snapshot_id = find_snapshot(session, snapshot).id
    with write(session):
        remove(session, plan_removal(session, SnapshotRow, [snapshot_id]))
    return dependents


@needs(Action.DELETE)
def delete_dataset(
    session: Session,
    settings: Settings,
    actor: Actor,
    dataset: str,
    *,
    with_runs: bool = False,
) -> Dependents:
    """Delete a dataset with its rationales; `with_runs` its runs and snapshots too.

    Raises Conflict where there are some and they were not meant, where one is under way, and
    where a call was paid for: what cost money is archived, never deleted.
    """
    dependents = _allowed(of_dataset(session, dataset))
    if (dependents.runs or dependents.snapshots) and not with_runs:
        raise Conflict(
            f"{dependents.sentence()} Say that its runs and snapshots go too, or archive it."
        )
    dataset_id = find_dataset_id(session, dataset)
    with write(session):
        remove(session, plan_removal(session, RunRow, dependents.runs))
        remove(session, plan_removal(session, DatasetRow, [dataset_id]))
    _clear_files(settings, dependents.runs)
    return dependents


def _allowed(dependents: Dependents) -> Dependents:
    if dependents.blockers:
        raise Conflict(dependents.sentence())
    return dependents


def _clear_files(settings: Settings, run_ids: Sequence[int]) -> None:
    for run_id in run_ids:
        remove_run_files(settings, run_id)
