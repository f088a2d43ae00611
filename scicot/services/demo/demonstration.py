"""The demonstration comes into an empty workspace, is known there as such, and leaves it again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.migrate import upgrade_file
from db.models import (
    DatasetRow,
    ExperimentRow,
    ImportRow,
    QuestionRow,
    RationaleRow,
    ReviewRow,
    RunRow,
)
from db.session import make_engine, write
from db.transfer import bring_rows
from scicot.adapters.clock import utc_now
from scicot.adapters.demo_file import unpacked_demo
from scicot.services.upkeep.deleting import delete_dataset
from scicot.words.errors import Conflict, NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor
from scicot.words.settings import Settings

KIND = "demonstration"  # of the import that brought it: how the workspace knows it
# What stays behind: people and their log, imports of files, and students, whose weights would be
# half a gigabyte.
WITHOUT = ("person", "deed", "preference", "import", "stage", "run_stage", "draft", "lease")
# What belongs to no dataset and may be here already.
SHARED = ("prompt", "tag", "price", "cleaning_rule", "rubric", "layout")


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The demonstration in this workspace: its dataset's name and what came with it."""

    dataset: str
    questions: int
    rationales: int
    runs: int
    last_run: int  # a run with a higher number was started here
    actor: str


def find_demonstration(session: Session) -> Demonstration | None:
    """Return the demonstration that is here, or None."""
    found = session.execute(
        select(ImportRow, DatasetRow.name)
        .join(DatasetRow, DatasetRow.id == ImportRow.result["dataset_id"].as_integer())
        .where(ImportRow.kind == KIND)
    ).first()
    if found is None:
        return None
    row, dataset = found
    counts = {name: row.result[name] for name in ("questions", "rationales", "runs", "last_run")}
    return Demonstration(dataset=dataset, actor=row.actor, **counts)


@needs(Action.IMPORT)
def add_demonstration(session: Session, actor: Actor) -> Demonstration:
    """Bring the demonstration into an empty workspace; one that is here already is returned.

    Raises Conflict where there are other datasets: nothing of them is to be mixed with it.
    """
    there = find_demonstration(session)
    if there is not None:
        return there
    with unpacked_demo() as path:
        upgrade_file(path)
        engine = make_engine(f"sqlite:///{path}")
        try:
            with Session(engine) as source, write(session):
                _refuse_others(session)
                numbers = bring_rows(source, session, without=WITHOUT, shared=SHARED)
                (dataset_id,) = numbers["dataset"].values()
                _note(session, actor, dataset_id)
        finally:
            engine.dispose()
    added = find_demonstration(session)
    assert added is not None
    return added


def _refuse_others(session: Session) -> None:
    name = session.scalar(select(DatasetRow.name).order_by(DatasetRow.id).limit(1))
    if name is not None:
        raise Conflict(
            f"This workspace holds '{name}', and the demonstration comes into an empty one only. "
            "Point SCICOT_HOME at another folder, for instance SCICOT_HOME=~/scicot-demo."
        )


def _note(session: Session, actor: Actor, dataset_id: int) -> None:
    """Write down that these rows are the demonstration's."""
    counts = {
        "questions": session.scalar(select(func.count()).select_from(QuestionRow)),
        "rationales": session.scalar(select(func.count()).select_from(RationaleRow)),
        "runs": session.scalar(select(func.count()).select_from(RunRow)),
        "last_run": session.scalar(select(func.max(RunRow.id))),
    }
    session.add(
        ImportRow(
            kind=KIND,
            source_name=KIND,
            content_hash="",
            target="demo",
            actor=actor.name,
            created_at=utc_now(),
            result={"dataset_id": dataset_id, **counts},
        )
    )


def say_own_work(session: Session, demonstration: Demonstration) -> str:
    """Return what people here have added to the demonstration, empty where they have not."""
    dataset_id = session.scalar(
        select(DatasetRow.id).where(DatasetRow.name == demonstration.dataset)
    )
    runs = session.scalar(
        select(func.count())
        .select_from(RunRow)
        .where(RunRow.dataset_id == dataset_id, RunRow.id > demonstration.last_run)
    )
    decisions = session.scalar(
        select(func.count())
        .select_from(ReviewRow)
        .join(RationaleRow, RationaleRow.id == ReviewRow.rationale_id)
        .join(ImportRow, ImportRow.kind == KIND)
        .where(RationaleRow.dataset_id == dataset_id, ReviewRow.created_at > ImportRow.created_at)
    )
    said = [
        f"{count:,} {noun}{'s' * (count > 1)}"
        for count, noun in ((runs, "run"), (decisions, "decision"))
        if count
    ]
    return " and ".join(said)


@needs(Action.DELETE)
def remove_demonstration(session: Session, settings: Settings, actor: Actor) -> Demonstration:
    """Take the demonstration out, with what was done in it; raises NotFound where there is none.

    Nothing of another dataset goes. Raises Conflict while a run on it is under way.
    """
    demonstration = find_demonstration(session)
    if demonstration is None:
        raise NotFound("There is no demonstration in this workspace. `scicot demo` brings it.")
    experiments = list(
        session.scalars(
            select(RunRow.experiment_id)
            .join(DatasetRow, DatasetRow.id == RunRow.dataset_id)
            .where(DatasetRow.name == demonstration.dataset, RunRow.experiment_id.is_not(None))
            .distinct()
        )
    )
    delete_dataset(session, settings, actor, demonstration.dataset, with_runs=True)
    with write(session):
        kept = select(RunRow.experiment_id).where(RunRow.experiment_id.is_not(None))
        session.execute(
            delete(ExperimentRow).where(
                ExperimentRow.id.in_(experiments), ExperimentRow.id.not_in(kept)
            )
        )
        session.execute(delete(ImportRow).where(ImportRow.kind == KIND))
    return demonstration
