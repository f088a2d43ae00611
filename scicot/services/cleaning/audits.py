"""Audits: read a random few of the clean pile, then accept it whole, with one undo."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from db.models import AuditRow, RationaleRow, ReviewRow
from db.rows import chunks
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.statistics import Interval, wilson_interval
from scicot.services.judge.agreement import trusted_pass
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.judge_order import passes
from scicot.services.review.leases import read_by_another
from scicot.services.review.samples import has_samples, leads_in
from scicot.services.review.undo import undo
from scicot.services.review.verdicts import accept_in_batch
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RationaleStatus
from scicot.words.reviewing import Queue

AT_ONCE = 500
MOST_READ = 500


@dataclass(frozen=True, slots=True)
class Audit:
    """A sample of the clean pile and what its reader has found so far.

    `left` are the rationale ids still to read, in the order shown. `interval` is Wilson's for the
    error rate. `batch_id` is set when the pile was accepted.
    """

    id: int
    pile: int
    sample: int
    read: int
    errors: int
    left: Sequence[int]
    interval: Interval | None
    batch_id: str | None


@dataclass(frozen=True, slots=True)
class TrustedJudge:
    """A judge whose passes join the clean pile, and how often they must surely be right."""

    rubric: int
    judge: str
    at_least: float


@needs(Action.AUDIT)
def start_audit(
    session: Session,
    actor: Actor,
    dataset: str,
    *,
    size: int,
    seed: int,
    trusted: TrustedJudge | None = None,
) -> Audit:
    """Draw a random sample of the unreviewed rationales without flags, and keep the draw.

    What a trusted judge passes joins them, whatever the checks say; raises InvalidInput where it
    is not measured to be as right as was asked for.
    """
    if not 1 <= size <= MOST_READ:
        raise InvalidInput(f"A sample of {size} cannot be read. Choose 1 to {MOST_READ}.")
    dataset_id = find_dataset_id(session, dataset)
    is_clean: ColumnElement[bool] = RationaleRow.risk == 0
    if trusted is not None:
        trusted_pass(session, dataset, trusted.rubric, trusted.judge, trusted.at_least)
        is_clean = or_(is_clean, passes(trusted.rubric, trusted.judge))
        session.rollback()  # the reading is done; writing takes a transaction of its own
    with write(session):
        pile = session.execute(
            select(RationaleRow.id, RationaleRow.revision_id)
            .where(
                RationaleRow.dataset_id == dataset_id,
                RationaleRow.status == RationaleStatus.UNREVIEWED,
                is_clean,
                *(leads_in(Queue.CLEAN) if has_samples(session) else ()),
            )
            .order_by(RationaleRow.id)
        ).all()
        if not pile:
            raise InvalidInput(
                f"The clean pile of '{dataset}' is empty. Run the checks, or review by hand."
            )
        ids = [rationale_id for rationale_id, _ in pile]
        row = AuditRow(
            dataset_id=dataset_id,
            revision_ids=[revision_id for _, revision_id in pile],
            sample=random.Random(seed).sample(ids, min(size, len(ids))),
            findings={},
            actor=actor.name,
            created_at=utc_now(),
        )
        session.add(row)
        session.flush()
        return _to_audit(row)


def newest_audit(session: Session, actor: Actor, dataset: str) -> Audit | None:
    """Return the actor's newest audit of a dataset; None when there is none."""
    row = session.scalar(
        select(AuditRow)
        .where(
            AuditRow.dataset_id == find_dataset_id(session, dataset), AuditRow.actor == actor.name
        )
        .order_by(AuditRow.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return _to_audit(row) if row else None


@needs(Action.AUDIT)
def note_finding(
    session: Session, actor: Actor, audit_id: int, rationale_id: int, *, is_error: bool
) -> Audit:
    """Write what the reader found in one of the sample, and return where the audit stands."""
    with write(session):
        row = _own(session, actor, audit_id)
        if rationale_id not in row.sample:
            raise NotFound(f"Rationale {rationale_id} is not in this sample. Reload the page.")
        row.findings = {**row.findings, str(rationale_id): is_error}
        return _to_audit(row)


@needs(Action.ACCEPT_PILE)
def accept_pile(session: Session, actor: Actor, audit_id: int) -> int:
    """Accept the audited pile as one batch and return how many it held.

    Left out are the errors found, what was decided or changed since the sample was drawn, and
    what somebody else is reading now.
    Raises Conflict while the sample has not been read to its end. Accepting again does nothing.
    """
    with write(session):
        row = _own(session, actor, audit_id)
        if len(row.findings) < len(row.sample):
            raise Conflict(
                f"{len(row.sample) - len(row.findings)} of the sample are not read yet. Read "
                "them first."
            )
        if row.batch_id is not None:
            return 0
        wrong = {int(rationale_id) for rationale_id, is_error in row.findings.items() if is_error}
        row.batch_id = uuid.uuid4().hex
        accepted = 0
        for some in chunks(row.revision_ids):
            pile = session.scalars(
                select(RationaleRow)
                .join(RationaleRow.current)
                .where(
                    RationaleRow.revision_id.in_(some),
                    RationaleRow.status == RationaleStatus.UNREVIEWED,
                    ~read_by_another(actor),
                )
                .with_for_update()
            ).all()
            right = [rationale for rationale in pile if rationale.id not in wrong]
            accepted += accept_in_batch(session, actor, right, row.batch_id)
        return accepted


@needs(Action.ACCEPT_PILE)
def undo_acceptance(session: Session, actor: Actor, audit_id: int) -> int:
    """Take the acceptance of a pile back as one and return how many went back."""
    row = session.get(AuditRow, audit_id)
    if row is None or row.batch_id is None:
        raise Conflict("This pile was not accepted, so there is nothing to take back.")
    operation_id = session.scalar(
        select(ReviewRow.operation_id)
        .where(ReviewRow.batch_id == row.batch_id, ReviewRow.undone_at.is_(None))
        .limit(1)
    )
    taken = undo(session, actor, operation_id) if operation_id is not None else []
    with write(session):
        _own(session, actor, audit_id).batch_id = None
    return len(taken)


def _own(session: Session, actor: Actor, audit_id: int) -> AuditRow:
    row = session.get(AuditRow, audit_id, with_for_update=True)
    if row is None or row.actor != actor.name:
        raise NotFound(f"You have no audit {audit_id}. Draw a sample first.")
    return row


def _to_audit(row: AuditRow) -> Audit:
    errors = sum(row.findings.values())
    read = len(row.findings)
    return Audit(
        id=row.id,
        pile=len(row.revision_ids),
        sample=len(row.sample),
        read=read,
        errors=errors,
        left=[rationale_id for rationale_id in row.sample if str(rationale_id) not in row.findings],
        interval=wilson_interval(errors, read),
        batch_id=row.batch_id,
    )
