"""Predictions, and the tags and notes that people put on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import NoAnswer, Outcome, Variant


class PredictionRow(Base):
    """A run's answer to one question; unique by (run, question, variant)."""

    __tablename__ = "prediction"
    __table_args__ = (
        UniqueConstraint("run_id", "variant", "question_id"),
        Index("ix_prediction_run_outcome", "run_id", "variant", "outcome", "question_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    variant: Mapped[Variant] = mapped_column(EnumText(Variant))
    rationale: Mapped[str | None] = mapped_column(Text)
    output: Mapped[str] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(String(16))
    outcome: Mapped[Outcome] = mapped_column(EnumText(Outcome))
    # why no answer could be read; None beside one that could, and where it was never looked at
    no_answer_reason: Mapped[NoAnswer | None] = mapped_column(EnumText(NoAnswer))
    votes: Mapped[dict[str, Any] | None]  # samples by label, of a model asked several times
    option_log_likelihoods: Mapped[dict[str, Any] | None]
    option_label: Mapped[str | None] = mapped_column(String(16))
    letter_log_likelihoods: Mapped[dict[str, Any] | None]
    flags: Mapped[list[Any] | None]  # ids of the checks that the rationale sets off


class TagRow(Base):
    """One entry of the error taxonomy, with the digit that sets it."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    digit: Mapped[int | None]


class PredictionTagRow(Base):
    """A tag that one person put on one prediction."""

    __tablename__ = "prediction_tag"

    prediction_id: Mapped[int] = mapped_column(ForeignKey("prediction.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)
    actor: Mapped[str] = mapped_column(String(100), primary_key=True)
    created_at: Mapped[datetime]


class NoteRow(Base):
    """A remark on one question in the light of one or more runs."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
