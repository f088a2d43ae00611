"""Pack a run: everything its training needs, as plain files in one parcel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from db.base import Base
from db.models import (
    DatasetRow,
    DuplicateRow,
    LaunchRow,
    LessonRow,
    QuestionRow,
    RationaleRow,
    RevisionRow,
    RunRow,
    SnapshotItemRow,
    SnapshotRow,
)
from db.rows import changed_rows
from db.session import write
from scicot.adapters.parcel_files import write_parcel
from scicot.adapters.parcel_folders import pack_student_files, scratch_folder
from scicot.adapters.students.folders import find_local_student, is_own_folder
from scicot.adapters.students.training.identity import engine_version
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import find_method, read_config
from scicot.services.parcels.rows import read_rows, table_of, without_strangers, write_lines
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import resume_run
from scicot.words.configs import TrainingConfig
from scicot.words.errors import RunNotInState
from scicot.words.people import Action, needs
from scicot.words.records import ENDED_BADLY, Actor, RunKind, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import LOCAL, PARCEL, Settings

# The tables that travel, in the order in which their rows can be inserted.
TABLES: tuple[type[Base], ...] = (
    DatasetRow,
    QuestionRow,
    DuplicateRow,  # which training questions stand in test: the run leaves them out there as well
    RationaleRow,
    RevisionRow,
    SnapshotRow,
    SnapshotItemRow,
    LessonRow,
    RunRow,
)


@dataclass(frozen=True, slots=True)
class Packed:
    """A parcel that was written."""

    run: int
    path: str
    bytes: int
    student: str  # its id where each machine fetches it, `packed` where its files travel along


@needs(Action.STEER_RUN)
def pack_run(session: Session, settings: Settings, actor: Actor, run_id: int, path: Path) -> Packed:
    """Write the run to a parcel, and keep it from being started here.

    Raises RunNotInState for a run that trains nothing, is going, waits for a cluster or is done.
    """
    run = get_run(session, run_id)
    _refuse(run)
    # where it is worked on beside the parcel, its progress is followed
    launch = LaunchRow(run_id=run_id, options={}, parcel=str(path), read_bytes=0, state="")
    if run.status in ENDED_BADLY:  # nothing starts it meanwhile
        packed = write_run(session, settings, run, path)
        resume_run(session, actor, run_id, launcher=PARCEL, launch=launch)
    else:
        _withhold(session, actor, run_id)
        try:
            packed = write_run(session, settings, run, path)
        except BaseException:
            _let_go(session, run)
            raise
    with write(session):
        row = session.get_one(RunRow, run_id)
        if row.status is not RunStatus.QUEUED or row.launcher != PARCEL:
            raise RunNotInState(
                f"Run {run_id} was cancelled or taken back while it was packed: do not use "
                f"{path.name}. Pack it again."
            )
        row.message = f"Packed by {actor.name}; `runs take-in` brings its result."
        session.merge(launch)
    return packed


def _withhold(session: Session, actor: Actor, run_id: int) -> None:
    """Keep a run that waits here from being started while it is packed, whoever tends."""
    with write(session):
        withheld = session.execute(
            update(RunRow)
            .where(
                RunRow.id == run_id,
                RunRow.status == RunStatus.QUEUED,
                RunRow.launcher.in_((LOCAL, PARCEL)),
            )
            .values(launcher=PARCEL, message=f"{actor.name} packs it.")
        )
        if not changed_rows(withheld):
            row = session.get_one(RunRow, run_id)
            where = "" if row.launcher in (LOCAL, PARCEL) else f" and with {row.launcher}"
            raise RunNotInState(
                f"Run {run_id} is {row.status}{where}. Cancel it first, then pack it."
            )


def _let_go(session: Session, run: RunView) -> None:
    """Let a run that could not be packed wait where it did."""
    with write(session):
        session.execute(
            update(RunRow)
            .where(
                RunRow.id == run.id,
                RunRow.status == RunStatus.QUEUED,
                RunRow.launcher == PARCEL,
            )
            .values(launcher=run.launcher, message=run.message)
        )


def write_run(session: Session, settings: Settings, run: RunView, path: Path) -> Packed:
    """Write the run to a parcel and leave its row as it is; raises as `pack_run` does."""
    _refuse(run)
    config = read_config(run.config)
    with scratch_folder(path.parent) as folder:
        _write_tables(session, run, folder)
        student = _pack_student(config, settings, folder)
        size = write_parcel(folder, path, {"kind": "run", **describe(session, run)})
    return Packed(run.id, str(path), size, student)


def describe(session: Session, run: RunView) -> dict[str, Any]:
    """Return what a parcel and its result must have in common with the run here."""
    questions = session.execute(
        select(QuestionRow.id, QuestionRow.content_hash)
        .join(DatasetRow, DatasetRow.id == QuestionRow.dataset_id)
        .where(DatasetRow.name == run.dataset)
        .order_by(QuestionRow.id)
    )
    snapshot = session.get(SnapshotRow, run.snapshot_id) if run.snapshot_id else None
    return {
        "run": {
            "id": run.id,
            "name": run.name,
            "config_hash": run.config_hash,
            "settings": unnamed_hash(run),
            "created_at": run.created_at.isoformat(),
        },
        "engine": engine_version(),
        "snapshot": snapshot.content_hash if snapshot else None,
        "questions": content_hash([list(row) for row in questions]),
    }


def unnamed_hash(run: RunView) -> str:
    """Return the hash of a run's settings without the names of what a parcel knows by content."""
    named = ("dataset", "snapshot")
    return content_hash({key: value for key, value in run.config.items() if key not in named})


def is_same_run(here: Mapping[str, Any], packed: Mapping[str, Any]) -> bool:
    """Return whether a parcel's run is the one that `describe` tells of, whatever both are called.

    Parcels of before had no `settings`: theirs were not to be renamed meanwhile.
    """
    known = ("id", "created_at", "settings" if "settings" in packed else "config_hash")
    return all(here[name] == packed.get(name) for name in known)


def _refuse(run: RunView) -> None:
    if run.kind is not RunKind.TRAIN:
        raise RunNotInState(f"Run {run.id} is a {run.kind} run; only training runs travel.")
    if run.status not in (RunStatus.QUEUED, *ENDED_BADLY):
        raise RunNotInState(
            f"Run {run.id} is {run.status}; pack one that waits, or cancel it first. "
            "A done run can be cloned with `train --like`."
        )


def _write_tables(session: Session, run: RunView, folder: Path) -> None:
    known = {table_of(kind).name for kind in TABLES}
    for kind, query in _queries(run).items():
        rows = read_rows(session, query)
        if kind is RationaleRow:
            rows = _pin_revisions(session, run, rows)
        write_lines(
            folder / "rows" / f"{table_of(kind).name}.jsonl", without_strangers(kind, rows, known)
        )


def _queries(run: RunView) -> Mapping[type[Base], Select[Any]]:
    items = table_of(SnapshotItemRow)
    revisions = select(items.c.revision_id).where(items.c.snapshot_id == run.snapshot_id)
    revision, rationale = table_of(RevisionRow), table_of(RationaleRow)
    explained = select(revision.c.rationale_id).where(revision.c.id.in_(revisions))
    dataset, question = table_of(DatasetRow), table_of(QuestionRow)
    own = select(dataset.c.id).where(dataset.c.name == run.dataset)
    snapshot, runs = table_of(SnapshotRow), table_of(RunRow)
    lesson = table_of(LessonRow)
    pair = table_of(DuplicateRow)
    asked = select(question.c.id).where(question.c.dataset_id.in_(own))
    return {
        DatasetRow: select(dataset).where(dataset.c.name == run.dataset),
        # sketches are made where they are needed
        QuestionRow: select(*(column for column in question.c if column.name != "sketch"))
        .where(question.c.dataset_id.in_(own))
        .order_by(question.c.id),
        DuplicateRow: select(pair)
        .where(pair.c.first_id.in_(asked), pair.c.second_id.in_(asked))
        .order_by(pair.c.id),
        RationaleRow: select(rationale)
        .where(rationale.c.id.in_(explained))
        .order_by(rationale.c.id),
        RevisionRow: select(revision).where(revision.c.id.in_(revisions)).order_by(revision.c.id),
        SnapshotRow: select(snapshot).where(snapshot.c.id == run.snapshot_id),
        SnapshotItemRow: select(items)
        .where(items.c.snapshot_id == run.snapshot_id)
        .order_by(items.c.question_id),
        LessonRow: select(lesson)
        .where(lesson.c.run_id == _lessons_of(run), lesson.c.question_id.in_(asked))
        .order_by(lesson.c.id),
        RunRow: select(runs).where(runs.c.id == run.id),
    }


def _lessons_of(run: RunView) -> int | None:
    """Return the run whose lessons this one learns from; None for most methods."""
    config = read_config(run.config)
    lessons = find_method(config.method).lessons
    return getattr(config, lessons.setting) if lessons else None


def _pin_revisions(
    session: Session, run: RunView, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rationales at the revision that the snapshot holds: only that one travels."""
    pinned = dict(
        session.execute(
            select(RevisionRow.rationale_id, RevisionRow.id)
            .join(SnapshotItemRow, SnapshotItemRow.revision_id == RevisionRow.id)
            .where(SnapshotItemRow.snapshot_id == run.snapshot_id)
        ).all()
    )
    return [row | {"revision_id": pinned[row["id"]]} for row in rows]


def _pack_student(config: TrainingConfig, settings: Settings, folder: Path) -> str:
    """Copy a student that only this machine has; one with a public id is fetched anywhere."""
    if not is_own_folder(config.student):
        return config.student
    student = find_local_student(config.student, settings)
    assert student is not None  # its folder is there
    pack_student_files(student.path, folder)
    return "packed"
