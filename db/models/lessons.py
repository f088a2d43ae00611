"""What a teacher said of questions beside rationales for their keys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class LessonRow(Base):
    """One question's lesson in one run: a text for another option, or each option's share.

    `run_id` names the run that asked, here or where a parcel came from; a lesson stays when that
    run is deleted, since students learned from it.
    """

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("run_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"))
    kind: Mapped[str] = mapped_column(String(20))  # other_options or option_shares
    teacher: Mapped[str] = mapped_column(String(200))
    label: Mapped[str | None] = mapped_column(String(16))  # the option that `text` argues for
    text: Mapped[str | None] = mapped_column(Text)
    shares: Mapped[dict[str, Any] | None]  # {label: probability}, 1 together
