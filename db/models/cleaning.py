"""Cleaning rules, and each time one was applied: what it changed, and whether it was reverted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import RationaleStatus, RuleKind


class RuleRow(Base):
    """One version of a named bulk edit; never changed once written."""

    __tablename__ = "cleaning_rule"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    kind: Mapped[RuleKind] = mapped_column(EnumText(RuleKind))
    pattern: Mapped[str] = mapped_column(Text)
    replacement: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class RuleBatchRow(Base):
    """One application of a rule; reverted as one."""

    __tablename__ = "rule_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("cleaning_rule.id"))
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    operation_id: Mapped[str] = mapped_column(String(64), unique=True)
    changed: Mapped[int]
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    reverted_at: Mapped[datetime | None]


class RuleChangeRow(Base):
    """What one application did to one rationale."""

    __tablename__ = "rule_change"
    __table_args__ = (Index("ix_rule_change_rationale_id", "rationale_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("rule_batch.id"), primary_key=True)
    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"), primary_key=True)
    revision_before_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    revision_after_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    status_before: Mapped[RationaleStatus] = mapped_column(EnumText(RationaleStatus))
