"""Reviews, drafts and leases: who decided what, who is typing, who is reading what twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import RationaleStatus, Verdict


class ReviewRow(Base):
    """One verdict on one revision; append-only. Undoing writes `undone_at` once.

    `status_before` and `revision_before_id` are what undo goes back to.
    """

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_reviewer_id", "reviewer", "id"),
        Index("ix_review_reason", "verdict", "reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    verdict: Mapped[Verdict] = mapped_column(EnumText(Verdict))
    reason: Mapped[str | None] = mapped_column(String(200))
    reviewer: Mapped[str] = mapped_column(String(100))
    operation_id: Mapped[str] = mapped_column(String(64), unique=True)
    batch_id: Mapped[str | None] = mapped_column(String(64), index=True)
    status_before: Mapped[RationaleStatus] = mapped_column(EnumText(RationaleStatus))
    revision_before_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undo_operation_id: Mapped[str | None] = mapped_column(String(64), index=True)
    first_wrong: Mapped[int | None]  # the first wrong sentence of a rejected text, from 1


class DraftRow(Base):
    """Text that a reviewer has typed and not saved."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("rationale_id", "reviewer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"))
    reviewer: Mapped[str] = mapped_column(String(100))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class LeaseRow(Base):
    """A rationale that somebody is reading now, until `expires_at`."""

    __tablename__ = "lease"

    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"), primary_key=True)
    reviewer: Mapped[str] = mapped_column(String(100), index=True)
    expires_at: Mapped[datetime]


class SecondReadingRow(Base):
    """A rationale that two people judge without seeing each other's verdict.

    Written with the first review; `agreed` is None until the second verdict is there, and
    `adjudicated_at` is set when somebody has settled a disagreement.
    """

    __tablename__ = "second_reading"
    __table_args__ = (Index("ix_second_reading_open", "dataset_id", "agreed", "rationale_id"),)

    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))  # what both judge
    first_reviewer: Mapped[str] = mapped_column(String(100))
    first_verdict: Mapped[Verdict] = mapped_column(EnumText(Verdict))
    second_reviewer: Mapped[str | None] = mapped_column(String(100))
    second_verdict: Mapped[Verdict | None] = mapped_column(EnumText(Verdict))
    second_reason: Mapped[str | None] = mapped_column(String(200))
    agreed: Mapped[bool | None]
    adjudicator: Mapped[str | None] = mapped_column(String(100))
    adjudicated_at: Mapped[datetime | None]


class ReviewPolicyRow(Base):
    """One version of a dataset's review guidelines and the share that is read twice."""

    __tablename__ = "review_policy"
    __table_args__ = (UniqueConstraint("dataset_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    version: Mapped[int]
    guidelines: Mapped[str] = mapped_column(Text)
    second_share: Mapped[float]
    touches: Mapped[dict[str, Any] | None]  # earlier verdicts that wait to be given once more
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class AuditRow(Base):
    """A random sample of the clean pile, what its reader found, and what came of it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    revision_ids: Mapped[list[Any]]  # the whole pile is accepted as it was when it was audited
    sample: Mapped[list[Any]]  # rationale ids, in the order shown
    findings: Mapped[dict[str, Any]]  # rationale id -> true when it is an error
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    batch_id: Mapped[str | None] = mapped_column(String(64))  # of the reviews that accepted it
