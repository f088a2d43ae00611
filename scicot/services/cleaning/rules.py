"""Cleaning: rules saved by name, previewed, applied as one batch and reverted as one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.models import (
    QuestionRow,
    RationaleRow,
    RevisionRow,
    RuleRow,
)
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.cleaning.rules import Rule, apply_rule, check_rule, propose_openings, propose_rules
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Cause, RationaleStatus

CLEANED = (RationaleStatus.UNREVIEWED, RationaleStatus.ACCEPTED, RationaleStatus.EDITED)
EDITS_LOOKED_AT = 2000
TEXTS_LOOKED_AT = 5000
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SavedRule:
    """One version of a named rule."""

    id: int
    name: str
    version: int
    rule: Rule
    actor: str


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a rule would do to one rationale."""

    rationale_id: int
    revision_id: int
    question: str
    before: str
    after: str
    status: RationaleStatus


@needs(Action.SAVE_RULE)
def save_rule(session: Session, actor: Actor, name: str, rule: Rule) -> SavedRule:
    """Save a rule under a name and return it; changed content under the name is a new version."""
    check_rule(rule)
    if not name.strip():
        raise InvalidInput("The rule has no name. Give it one that says what it does.")
    with write(session):
        newest = session.scalar(
            select(RuleRow).where(RuleRow.name == name).order_by(RuleRow.version.desc()).limit(1)
        )
        if newest is not None and _to_rule(newest) == rule:
            return to_saved(newest)
        row = RuleRow(
            name=name,
            version=newest.version + 1 if newest else 1,
            kind=rule.kind,
            pattern=rule.pattern,
            replacement=rule.replacement,
            actor=actor.name,
            created_at=utc_now(),
        )
        session.add(row)
        session.flush()
        return to_saved(row)


def list_rules(session: Session) -> list[SavedRule]:
    """Return the newest version of each saved rule, by name."""
    rows = session.scalars(select(RuleRow).order_by(RuleRow.name, RuleRow.version))
    return list({row.name: to_saved(row) for row in rows}.values())


def preview_rule(session: Session, dataset: str, rule: Rule) -> list[PlannedChange]:
    """Return every change that a rule would make to a dataset, in question order.

    Rejected and skipped rationales are left out, and so is a text that nothing would be left of.
    """
    check_rule(rule)
    rows = session.execute(
        select(
            RationaleRow.id,
            RevisionRow.id,
            QuestionRow.external_id,
            RevisionRow.text,
            RationaleRow.status,
        )
        .join(RationaleRow.current)
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .where(
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
            RationaleRow.status.in_(CLEANED),
        )
        .order_by(QuestionRow.position, RationaleRow.id)
    )
    changes = []
    for rationale_id, revision_id, question, before, status in rows:
        after = apply_rule(rule, before)
        if after != before and after.strip():
            changes.append(
                PlannedChange(rationale_id, revision_id, question, before, after, status)
            )
    return changes


def proposals(session: Session, dataset: str) -> list[tuple[Rule, int]]:
    """Return rules that would do what reviewers of this dataset do by hand again and again."""
    before = aliased(RevisionRow)
    rows = session.execute(
        select(before.text, RevisionRow.text)
        .join(
            before,
            (before.rationale_id == RevisionRow.rationale_id)
            & (before.number == RevisionRow.number - 1),
        )
        .join(RationaleRow, RationaleRow.id == RevisionRow.rationale_id)
        .where(
            RevisionRow.cause == Cause.EDITED,
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
        )
        .order_by(RevisionRow.id.desc())
        .limit(EDITS_LOOKED_AT)
    )
    return propose_rules((old, new) for old, new in rows)


def opening_proposals(session: Session, dataset: str) -> list[tuple[Rule, int]]:
    """Return rules that would take off the openings that many texts of this dataset share."""
    texts = session.scalars(
        select(RevisionRow.text)
        .select_from(RationaleRow)
        .join(RationaleRow.current)
        .where(
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
            RationaleRow.status.in_(CLEANED),
        )
        .order_by(RationaleRow.id.desc())
        .limit(TEXTS_LOOKED_AT)
    )
    return propose_openings(texts)


def _to_rule(row: RuleRow) -> Rule:
    return Rule(row.kind, row.pattern, row.replacement)


def to_saved(row: RuleRow) -> SavedRule:
    """Return a stored rule as the record."""
    return SavedRule(row.id, row.name, row.version, _to_rule(row), row.actor)
