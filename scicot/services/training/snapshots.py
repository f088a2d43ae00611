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
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.training.choosing import (
    ONE_APPROVED,
    Criteria,
    choose_rationales,
    conditions,
    count_chosen,
    hash_chosen,
    settle,
)
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RationaleStatus, Split


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
class SnapshotText:
    """A rationale as a snapshot holds it, whose it is, and whether that one comes to the key."""

    text: str
    source: str
    own_answer_right: bool | None = None


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """What freezing would take: so many rationales, of so many questions.

    `most` is how many a question may have. `left_out` counts the training rationales whose status
    is not included, `beside` those that are included but whose question has better ones, `without`
    the training questions that get none. `same_as` names a snapshot of exactly these texts.
    """

    items: int
    left_out: Mapping[RationaleStatus, int]
    beside: int
    without: int
    same_as: str | None
    questions: int = 0
    most: int = 1

    def sentence(self) -> str:
        """Return the plan in words."""
        parts = [f"{count:,} {status.value}" for status, count in self.left_out.items() if count]
        left = f" Left out: {', '.join(parts)}." if parts else ""
        beside = f" {self.beside:,} more stand beside a better one." if self.beside else ""
        without = f" {self.without:,} training questions get none." if self.without else ""
        many = "one a question" if self.most == 1 else f"up to {self.most} a question"
        of = f" of {self.questions:,} questions" if self.most > 1 else ""
        return f"Freezes {self.items:,} rationales{of}, {many}.{left}{beside}{without}"


def plan_snapshot(session: Session, *, dataset: str, criteria: Criteria) -> SnapshotPlan:
    """Return what `create_snapshot` would freeze now, and what it would leave out."""
    dataset_id = find_dataset_id(session, dataset)
    criteria = settle(session, dataset_id, criteria)
    chosen = choose_rationales(session, dataset_id, criteria)
    items = count_chosen(chosen)
    of_split = (QuestionRow.dataset_id == dataset_id, QuestionRow.split == Split.TRAIN)
    of_kind = [
        *([RationaleRow.source.in_(criteria.sources)] if criteria.sources else []),
        *([RationaleRow.sample.in_(criteria.samples)] if criteria.samples else []),
    ]
    counts: dict[RationaleStatus, int] = dict(
        session.execute(
            select(RationaleRow.status, func.count())
            .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
            .where(*of_split, *of_kind)
            .group_by(RationaleRow.status)
        ).all()
    )
    fitting = session.scalar(
        select(func.count(RationaleRow.id))
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .where(RationaleRow.dataset_id == dataset_id, *conditions(criteria))
    )
    questions = session.scalar(select(func.count(QuestionRow.id)).where(*of_split)) or 0
    same = _same_texts(session, dataset_id, hash_chosen(chosen)) if chosen else None
    return SnapshotPlan(
        items=items,
        left_out={
            status: counts.get(status, 0)
            for status in RationaleStatus
            if status not in criteria.include
        },
        beside=0 if criteria.limit else (fitting or 0) - items,
        without=questions - len(chosen),
        same_as=same.name if same else None,
        questions=len(chosen),
        most=criteria.per_question,
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


@needs(Action.SNAPSHOT)
def create_snapshot(
    session: Session,
    actor: Actor,
    *,
    name: str,
    dataset: str,
    criteria: Criteria = ONE_APPROVED,
) -> Snapshot:
    """Freeze the current revisions of the dataset's training rationales that fit the criteria.

    The hash covers the questions and texts, not the name: what is frozen already is returned, and
    found by this name too. Raises InvalidInput when nothing fits or the student measured nothing
    here, Conflict when the name is another one's.
    """
    if not name.strip():
        raise InvalidInput("A snapshot needs a name. Give it one that says what it holds.")
    dataset_id = find_dataset_id(session, dataset)
    criteria = settle(session, dataset_id, criteria)
    with write(session):
        chosen = choose_rationales(session, dataset_id, criteria)
        if not chosen:
            raise InvalidInput(
                f"No training rationale of '{dataset}' is {criteria.say()}. "
                "Review some first, or include other statuses."
            )
        same = _same_texts(session, dataset_id, hash_chosen(chosen))
        namesake = _named(session, name)
        if namesake is not None and (same is None or namesake.id != same.id):
            raise Conflict(f"There is a snapshot '{name}' already. Choose another name.")
        if same is not None:
            if namesake is None:  # whoever calls it so finds it
                same.other_names = [*same.other_names, name]
            return replace(_to_snapshot(same, dataset), already_there=True)
        row = SnapshotRow(
            name=name,
            dataset_id=dataset_id,
            content_hash=hash_chosen(chosen),
            criteria=criteria.as_stored(),
            items=count_chosen(chosen),
            actor=actor.name,
            created_at=utc_now(),
        )
        session.add(row)
        session.flush()
        session.add_all(
            SnapshotItemRow(
                snapshot_id=row.id,
                question_id=question_id,
                place=place,
                revision_id=taken.revision_id,
            )
            for question_id, those in chosen.items()
            for place, taken in enumerate(those)
        )
        return _to_snapshot(row, dataset)


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


def snapshot_texts(session: Session, snapshot_id: int) -> dict[int, list[SnapshotText]]:
    """Return the snapshot's texts by question id, of several the best first."""
    rows = session.execute(
        select(
            SnapshotItemRow.question_id,
            RevisionRow.text,
            RationaleRow.source,
            RationaleRow.own_answer_right,
        )
        .join(RevisionRow, RevisionRow.id == SnapshotItemRow.revision_id)
        .join(RationaleRow, RationaleRow.id == RevisionRow.rationale_id)
        .where(SnapshotItemRow.snapshot_id == snapshot_id)
        .order_by(SnapshotItemRow.question_id, SnapshotItemRow.place)
    )
    texts: dict[int, list[SnapshotText]] = {}
    for question_id, text, source, is_right in rows:
        texts.setdefault(question_id, []).append(SnapshotText(text, source, is_right))
    return texts


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
