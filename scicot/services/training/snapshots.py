"""Snapshots: freeze which revision of which rationale a run trains on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import (
    DatasetRow,
    QuestionRow,
    RationaleRow,
    RevisionRow,
    SnapshotItemRow,
    SnapshotRow,
)
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.hashing import content_hash
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.people import Action, needs
from scicot.words.records import APPROVED, Actor, RationaleStatus, Split

TAKEN_FIRST = {RationaleStatus.EDITED: 0, RationaleStatus.ACCEPTED: 1}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A named, immutable set of rationale revisions."""

    id: int
    name: str
    dataset: str
    content_hash: str
    criteria: dict[str, Any]
    items: int
    actor: str
    created_at: datetime
    archived_at: datetime | None = None
    other_names: Sequence[str] = ()
    already_there: bool = False  # freezing the same texts again made no other one


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """What freezing would take: so many questions, each with one rationale.

    `left_out` counts the training rationales whose status is not included, `beside` those that
    are included but whose question has a better one, `without` the training questions that get
    none. `same_as` names a snapshot of exactly these texts.
    """

    items: int
    left_out: Mapping[RationaleStatus, int]
    beside: int
    without: int
    same_as: str | None

    def sentence(self) -> str:
        """Return the plan in words."""
        parts = [f"{count:,} {status.value}" for status, count in self.left_out.items() if count]
        left = f" Left out: {', '.join(parts)}." if parts else ""
        beside = f" {self.beside:,} more stand beside a better one." if self.beside else ""
        without = f" {self.without:,} training questions have none." if self.without else ""
        return f"Freezes {self.items:,} rationales, one a question.{left}{beside}{without}"


def plan_snapshot(
    session: Session,
    *,
    dataset: str,
    include: Sequence[RationaleStatus] = APPROVED,
    sources: Sequence[str] = (),
) -> SnapshotPlan:
    """Return what `create_snapshot` would freeze now, and what it would leave out."""
    dataset_id = find_dataset_id(session, dataset)
    chosen = _choose(session, dataset_id, include, sources)
    of_split = (QuestionRow.dataset_id == dataset_id, QuestionRow.split == Split.TRAIN)
    counts: dict[RationaleStatus, int] = dict(
        session.execute(
            select(RationaleRow.status, func.count())
            .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
            .where(*of_split, *([RationaleRow.source.in_(sources)] if sources else []))
            .group_by(RationaleRow.status)
        ).all()
    )
    questions = session.scalar(select(func.count(QuestionRow.id)).where(*of_split)) or 0
    same = _same_texts(session, dataset_id, _hash(chosen)) if chosen else None
    return SnapshotPlan(
        items=len(chosen),
        left_out={
            status: counts.get(status, 0) for status in RationaleStatus if status not in include
        },
        beside=sum(counts.get(status, 0) for status in set(include)) - len(chosen),
        without=questions - len(chosen),
        same_as=same.name if same else None,
    )


def _named(session: Session, name: str) -> SnapshotRow | None:
    """Return the snapshot that bears this name, as its own or beside it."""
    rows = session.scalars(select(SnapshotRow)).all()
    return next((row for row in rows if name == row.name or name in row.other_names), None)


def _same_texts(session: Session, dataset_id: int, digest: str) -> SnapshotRow | None:
    return session.scalar(
        select(SnapshotRow)
        .where(SnapshotRow.dataset_id == dataset_id, SnapshotRow.content_hash == digest)
        .order_by(SnapshotRow.archived_at.is_not(None), SnapshotRow.id.desc())
        .limit(1)
    )


def _hash(chosen: Mapping[int, tuple[str, int, str]]) -> str:
    return content_hash(sorted((external_id, text) for external_id, _, text in chosen.values()))


@needs(Action.SNAPSHOT)
def create_snapshot(
    session: Session,
    actor: Actor,
    *,
    name: str,
    dataset: str,
    include: Sequence[RationaleStatus] = APPROVED,
    sources: Sequence[str] = (),
    own_answer_right: bool = False,
) -> Snapshot:
    """Freeze the current revisions of the dataset's training rationales in these statuses.

    A question gets one rationale: from the first of `sources` that has one (an edited one before
    an accepted one before any other, then the least suspicious, then the oldest). Without
    `sources` any source serves. `own_answer_right` keeps those alone whose teacher, without the
    key, comes to it (STaR, Ho et al. 2022). The hash covers the questions and texts, not the
    name: what is frozen already is returned, and found by this name too. Raises InvalidInput when
    nothing fits, Conflict when the name is another one's.
    """
    if not name.strip():
        raise InvalidInput("A snapshot needs a name. Give it one that says what it holds.")
    dataset_id = find_dataset_id(session, dataset)
    with write(session):
        chosen = _choose(session, dataset_id, include, sources, own_answer_right)
        if not chosen:
            wanted = ", ".join(status.value for status in include)
            wanted += " with a teacher that comes to the key by itself" * own_answer_right
            raise InvalidInput(
                f"No training rationale of '{dataset}' is {wanted}. "
                "Review some first, or include other statuses."
            )
        same = _same_texts(session, dataset_id, _hash(chosen))
        taken = _named(session, name)
        if taken is not None and (same is None or taken.id != same.id):
            raise Conflict(f"There is a snapshot '{name}' already. Choose another name.")
        if same is not None:
            if taken is None:  # whoever calls it so finds it
                same.other_names = [*same.other_names, name]
            return replace(_to_snapshot(same, dataset), already_there=True)
        row = SnapshotRow(
            name=name,
            dataset_id=dataset_id,
            content_hash=_hash(chosen),
            criteria={
                "include": [status.value for status in include],
                "sources": list(sources),
            }
            | ({"own_answer_right": True} if own_answer_right else {}),
            items=len(chosen),
            actor=actor.name,
            created_at=utc_now(),
        )
        session.add(row)
        session.flush()
        session.add_all(
            SnapshotItemRow(snapshot_id=row.id, question_id=question_id, revision_id=revision_id)
            for question_id, (_, revision_id, _) in chosen.items()
        )
        return _to_snapshot(row, dataset)


def _choose(
    session: Session,
    dataset_id: int,
    include: Sequence[RationaleStatus],
    sources: Sequence[str],
    own_answer_right: bool = False,
) -> dict[int, tuple[str, int, str]]:
    """Return (external id, revision id, text) by question id."""
    query = (
        select(RationaleRow, QuestionRow.external_id, RevisionRow.text)
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .join(RationaleRow.current)
        .where(
            RationaleRow.dataset_id == dataset_id,
            QuestionRow.split == Split.TRAIN,
            RationaleRow.status.in_(include),
        )
    )
    if sources:
        query = query.where(RationaleRow.source.in_(sources))
    if own_answer_right:
        query = query.where(RationaleRow.own_answer_right.is_(True))
    rank = {source: place for place, source in enumerate(sources)}
    rows = sorted(
        session.execute(query),
        key=lambda row: (
            rank.get(row[0].source, 0),
            TAKEN_FIRST.get(row[0].status, len(TAKEN_FIRST)),
            row[0].risk,
            row[0].id,
        ),
    )
    chosen: dict[int, tuple[str, int, str]] = {}
    for rationale, external_id, text in rows:
        if rationale.revision_id is not None:
            chosen.setdefault(rationale.question_id, (external_id, rationale.revision_id, text))
    return chosen


def find_snapshot(session: Session, name: str) -> Snapshot:
    """Return the snapshot that has or had this name; raises NotFound with the names there are."""
    snapshots = list_snapshots(session)
    for snapshot in snapshots:
        if snapshot.name == name:
            return snapshot
    for snapshot in snapshots:
        if name in snapshot.other_names:
            return snapshot
    names = ", ".join(snapshot.name for snapshot in snapshots) or "none yet"
    raise NotFound(f"There is no snapshot '{name}' (there are: {names}). Create it first.")


def list_snapshots(
    session: Session, dataset: str | None = None, *, with_archived: bool = True
) -> list[Snapshot]:
    """Return the snapshots, newest first."""
    query = select(SnapshotRow, DatasetRow.name).join(
        DatasetRow, DatasetRow.id == SnapshotRow.dataset_id
    )
    if dataset:
        query = query.where(DatasetRow.name == dataset)
    if not with_archived:
        query = query.where(SnapshotRow.archived_at.is_(None))
    rows = session.execute(query.order_by(SnapshotRow.id.desc()))
    return [_to_snapshot(row, name) for row, name in rows]


def snapshot_texts(session: Session, snapshot_id: int) -> dict[int, str]:
    """Return the snapshot's rationale text by question id."""
    rows = session.execute(
        select(SnapshotItemRow.question_id, RevisionRow.text)
        .join(RevisionRow, RevisionRow.id == SnapshotItemRow.revision_id)
        .where(SnapshotItemRow.snapshot_id == snapshot_id)
        .order_by(SnapshotItemRow.question_id)
    )
    return dict(list(rows))


def _to_snapshot(row: SnapshotRow, dataset: str) -> Snapshot:
    return Snapshot(
        id=row.id,
        name=row.name,
        dataset=dataset,
        content_hash=row.content_hash,
        criteria=row.criteria,
        items=row.items,
        actor=row.actor,
        created_at=row.created_at,
        archived_at=row.archived_at,
        other_names=tuple(row.other_names),
    )
