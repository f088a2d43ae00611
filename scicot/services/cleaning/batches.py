"""Cleaning batches: a rule's ticked changes applied as one, and reverted as one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import (
    RationaleRow,
    ReviewRow,
    RevisionRow,
    RuleBatchRow,
    RuleChangeRow,
    RuleRow,
)
from db.rows import chunks
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.cleaning.rules import PlannedChange, SavedRule, to_saved
from scicot.services.questions.lookup import find_dataset_id, get_questions
from scicot.services.rationales.checks import rate_texts
from scicot.services.rationales.revisions import append_revision
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Cause, RationaleStatus

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """One application of a rule."""

    id: int
    rule: SavedRule
    changed: int
    actor: str
    created_at: datetime
    reverted_at: datetime | None


@needs(Action.APPLY_RULE)
def apply_saved_rule(
    session: Session,
    actor: Actor,
    dataset: str,
    saved: SavedRule,
    changes: Sequence[PlannedChange],
    *,
    operation_id: str,
) -> Batch:
    """Apply the ticked changes as one batch, all or nothing.

    An accepted rationale becomes an edited one; an unreviewed one still has to be read. The same
    operation id again changes nothing. Raises Conflict when a text was changed, or the rationale
    decided, since the preview.
    """
    if not changes:
        raise InvalidInput("No change is ticked. Tick at least one row.")
    dataset_id = find_dataset_id(session, dataset)
    now = utc_now()
    with write(session):
        done = session.scalar(select(RuleBatchRow).where(RuleBatchRow.operation_id == operation_id))
        if done is not None:
            return _to_batch(done, saved)
        batch = RuleBatchRow(
            rule_id=saved.id,
            dataset_id=dataset_id,
            operation_id=operation_id,
            changed=len(changes),
            actor=actor.name,
            created_at=now,
        )
        session.add(batch)
        session.flush()
        rows = _lock(session, [change.rationale_id for change in changes])
        for change in changes:
            row = rows[change.rationale_id]
            if row.revision_id != change.revision_id:
                raise Conflict(
                    f"The rationale of '{change.question}' was changed since the preview. Nothing "
                    "was written: preview the rule again."
                )
            if row.status is not change.status:
                raise Conflict(
                    f"The rationale of '{change.question}' was {change.status.value} at the "
                    f"preview and is {row.status.value} now. Nothing was written: preview the rule "
                    "again."
                )
            _change(session, actor, batch, row, change, now)
        _rate(session, [(rows[change.rationale_id], change.after) for change in changes])
        return _to_batch(batch, saved)


def _change(
    session: Session,
    actor: Actor,
    batch: RuleBatchRow,
    row: RationaleRow,
    change: PlannedChange,
    now: datetime,
) -> None:
    revision = append_revision(
        session,
        actor,
        row,
        text=change.after,
        cause=Cause.RULE,
        operation_id=f"rule-{batch.id}-{row.id}",
        now=now,
    )
    session.add(
        RuleChangeRow(
            batch_id=batch.id,
            rationale_id=row.id,
            revision_before_id=change.revision_id,
            revision_after_id=revision.id,
            status_before=row.status,
        )
    )
    if row.status is RationaleStatus.ACCEPTED:
        row.status = RationaleStatus.EDITED


@needs(Action.APPLY_RULE)
def revert_batch(session: Session, actor: Actor, batch_id: int) -> tuple[int, int]:
    """Take a batch back as one and return (reverted, left alone).

    Left alone are rationales whose text was changed or that were decided after the batch: the
    verdict is on the text as it is. A batch reverted before is left as it is: (0, 0).
    """
    now = utc_now()
    with write(session):
        batch = session.get(RuleBatchRow, batch_id, with_for_update=True)
        if batch is None:
            raise NotFound(f"There is no batch {batch_id}. Reload the page.")
        if batch.reverted_at is not None:
            return 0, 0
        changes = session.scalars(
            select(RuleChangeRow).where(RuleChangeRow.batch_id == batch_id)
        ).all()
        rows = _lock(session, [change.rationale_id for change in changes])
        judged = _judged_since(session, list(rows), batch.created_at)
        reverted = []
        for change in changes:
            row = rows[change.rationale_id]
            if row.revision_id != change.revision_after_id or row.id in judged:
                continue
            text = session.get_one(RevisionRow, change.revision_before_id).text
            append_revision(
                session,
                actor,
                row,
                text=text,
                cause=Cause.UNDONE,
                operation_id=f"revert-{batch_id}-{row.id}",
                now=now,
            )
            if row.status is RationaleStatus.EDITED:
                row.status = change.status_before
            reverted.append((row, text))
        _rate(session, reverted)
        batch.reverted_at = now
        return len(reverted), len(changes) - len(reverted)


def list_batches(session: Session, dataset: str) -> list[Batch]:
    """Return the batches of a dataset, the newest first."""
    rows = session.execute(
        select(RuleBatchRow, RuleRow)
        .join(RuleRow, RuleRow.id == RuleBatchRow.rule_id)
        .where(RuleBatchRow.dataset_id == find_dataset_id(session, dataset))
        .order_by(RuleBatchRow.id.desc())
    )
    return [_to_batch(batch, to_saved(rule)) for batch, rule in rows]


def new_operation_id() -> str:
    """Return an id for one press of a button, kept until the press has been carried out."""
    return uuid.uuid4().hex


def _lock(session: Session, ids: Sequence[int]) -> Mapping[int, RationaleRow]:
    rows: dict[int, RationaleRow] = {}
    for some in chunks(ids):
        query = select(RationaleRow).where(RationaleRow.id.in_(some))
        rows |= {row.id: row for row in session.scalars(query.with_for_update())}
    return rows


def _judged_since(session: Session, ids: Sequence[int], moment: datetime) -> set[int]:
    judged: set[int] = set()
    for some in chunks(ids):
        query = select(ReviewRow.rationale_id).where(
            ReviewRow.rationale_id.in_(some),
            ReviewRow.created_at > moment,
            ReviewRow.undone_at.is_(None),
        )
        judged.update(session.scalars(query))
    return judged


def _rate(session: Session, changed: Sequence[tuple[RationaleRow, str]]) -> None:
    questions = get_questions(session, {row.question_id for row, _ in changed})
    rate_texts(session, changed, questions)


def _to_batch(row: RuleBatchRow, rule: SavedRule) -> Batch:
    return Batch(row.id, rule, row.changed, row.actor, row.created_at, row.reverted_at)
