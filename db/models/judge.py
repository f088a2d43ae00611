"""Rubrics, and what judges found by them in rationales."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class RubricRow(Base):
    """One version of the rubric: its criteria, each with what it asks; never changed."""

    __tablename__ = "rubric"

    id: Mapped[int] = mapped_column(primary_key=True)
    criteria: Mapped[list[Any]]  # [{"name", "asks"}]
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class JudgementRow(Base):
    """What one judge found in one revision by one rubric; `rejects` when a criterion fails."""

    __tablename__ = "judgement"
    __table_args__ = (UniqueConstraint("rubric_id", "revision_id", "judge"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"))
    judge: Mapped[str] = mapped_column(String(200))
    rejects: Mapped[bool]
    findings: Mapped[list[Any]]  # [{"criterion", "passes", "quote", "start", "end"}]
    created_at: Mapped[datetime]
