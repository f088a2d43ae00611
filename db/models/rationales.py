"""Rationales, their append-only revisions, and what the checks found in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, EnumText
from scicot.words.records import Cause, Origin, RationaleStatus, Severity


class RationaleRow(Base):
    """An explanation of one question from one source; its text lives in its revisions.

    `revision_id` is the current revision: the optimistic lock of every write. `risk` orders the
    review queue, 0 = nothing suspicious. `dataset_id` repeats the question's and `length` (in
    characters) the current text's, so that the queue needs no join.
    """

    __tablename__ = "rationale"
    __table_args__ = (
        UniqueConstraint("question_id", "origin", "source", "sample"),
        Index("ix_rationale_queue", "dataset_id", "status", "risk", "id"),
        Index("ix_rationale_risk", "dataset_id", "risk", "id"),
        Index("ix_rationale_source", "dataset_id", "source", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    origin: Mapped[Origin] = mapped_column(EnumText(Origin))
    source: Mapped[str] = mapped_column(String(200))  # teacher's model, or the import's name
    sample: Mapped[int] = mapped_column(default=0)
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"), unique=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"))  # what brought it
    status: Mapped[RationaleStatus] = mapped_column(EnumText(RationaleStatus))
    revision_id: Mapped[int | None]  # no foreign key: the two tables would need each other first
    risk: Mapped[float] = mapped_column(default=0.0)
    length: Mapped[int] = mapped_column(default=0)
    # does the teacher, without the key, come to it? None: it was never asked so
    own_answer_right: Mapped[bool | None]
    created_at: Mapped[datetime]
    # to join by; read from a row only where the query loads it, so that no loop asks row by row
    current: Mapped[RevisionRow | None] = relationship(
        primaryjoin="foreign(RationaleRow.revision_id) == RevisionRow.id",
        viewonly=True,
        lazy="raise",
    )


class RevisionRow(Base):
    """One version of a rationale's text; never changed, never deleted."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("rationale_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(100))
    cause: Mapped[Cause] = mapped_column(EnumText(Cause))
    operation_id: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class FlagRow(Base):
    """What one check found in one revision."""

    __tablename__ = "flag"
    __table_args__ = (Index("ix_flag_check_id_rationale_id", "check_id", "rationale_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rationale_id: Mapped[int] = mapped_column(ForeignKey("rationale.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    check_id: Mapped[str] = mapped_column(String(50))
    severity: Mapped[Severity] = mapped_column(EnumText(Severity))
    message: Mapped[str] = mapped_column(Text)
    start: Mapped[int | None]
    end: Mapped[int | None]
    suggestion: Mapped[str | None] = mapped_column(Text)
