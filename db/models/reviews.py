"""Reviews, drafts and leases: who decided what, who is typing, who is reading."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import RationaleStatus, Verdict


class ReviewRow(Base):
    """One verdict on one revision; append-only. Undoing writes `undone_at` once.

    `status_before` and `revision_before_id` are what undo goes back to.
    """

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_reviewer_id", "reviewer", "id"),)

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
