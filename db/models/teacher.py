"""Prompt templates, the teacher's completions and each attempt to get one: the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import CompletionState


class PromptRow(Base):
    """One version of a teacher prompt, in the paper's three parts; never changed once written."""

    __tablename__ = "prompt"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    reference: Mapped[str] = mapped_column(Text)  # the correct answer as a reference point
    thinking: Mapped[str] = mapped_column(Text)  # "Let's think step by step"
    specificity: Mapped[str] = mapped_column(Text)  # specific to this question, explanation only
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class CompletionRow(Base):
    """One paid answer; the unique key is what keeps one from paying twice."""

    __tablename__ = "completion"
    __table_args__ = (
        UniqueConstraint("question_id", "prompt_hash", "model", "parameters_hash", "sample"),
        Index("ix_completion_run_id_state", "run_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))  # the run that first asked
    prompt_id: Mapped[int | None] = mapped_column(ForeignKey("prompt.id"), index=True)
    prompt_hash: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(200))
    parameters_hash: Mapped[str] = mapped_column(String(64))
    sample: Mapped[int]
    state: Mapped[CompletionState] = mapped_column(EnumText(CompletionState))
    attempts: Mapped[int] = mapped_column(default=0)
    raw_body: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    finish_reason: Mapped[str | None] = mapped_column(String(50))
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    cost_usd: Mapped[float | None]  # None: this model has no known price
    error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class AttemptRow(Base):
    """One request that was sent for a completion, and how it ended."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), index=True)
    number: Mapped[int]
    sent_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(50))
    http_status: Mapped[int | None]
    detail: Mapped[str | None] = mapped_column(Text)
