"""What rationales are worth to a student, by revision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class WorthRow(Base):
    """Help and leak of one revision, as one student sees them; both in nats."""

    __tablename__ = "worth"
    __table_args__ = (UniqueConstraint("revision_id", "student"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    student: Mapped[str] = mapped_column(String(200))  # "run 7", "untrained starter"
    help: Mapped[float] = mapped_column(Float)
    leak: Mapped[float] = mapped_column(Float)
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    alone: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
