"""Prompts, prices, the teacher's completions and each attempt to get one: the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import CompletionState
from scicot.words.teaching import AttemptOutcome


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
    # written for one question, with a reviewer's note: never listed, never a default
    is_note: Mapped[bool] = mapped_column(default=False)
    chosen_at: Mapped[datetime | None]  # the newest choice is the default of screen and command


class PriceRow(Base):
    """What a model costs as somebody entered it; the newest row of a model is the one that holds.

    Both prices are USD for a million tokens; `as_of` is the day they were looked up.
    """

    __tablename__ = "price"

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(String(200), index=True)
    input_usd: Mapped[float]
    output_usd: Mapped[float]
    as_of: Mapped[date]
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class RefusalRow(Base):
    """Parameters that one teacher's server refused, all together, and when it last did."""

    __tablename__ = "refusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    teacher: Mapped[str] = mapped_column(String(500), unique=True)  # as on the command line
    parameters: Mapped[list[Any]]
    learned_at: Mapped[datetime]


class CompletionRow(Base):
    """One paid answer; the unique key is what keeps one from paying twice.

    `worker` is the token of the worker that has the call in flight; `reason` says in a few words
    why the state is not `stored`, so that failures can be grouped.
    """

    __tablename__ = "completion"
    __table_args__ = (
        UniqueConstraint("question_id", "prompt_hash", "model", "parameters_hash", "sample"),
        Index("ix_completion_model_prompt_id_state", "model", "prompt_id", "state"),
        Index("ix_completion_prompt_hash", "prompt_hash"),  # the same text under another id
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
    worker: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    prompt_characters: Mapped[int] = mapped_column(default=0)
    raw_body: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    finish_reason: Mapped[str | None] = mapped_column(String(50))
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    cost_usd: Mapped[float | None]  # None: this model has no known price
    reason: Mapped[str | None] = mapped_column(String(300))
    shared_with_id: Mapped[int | None]  # the completion of the same text that was asked instead
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class RunCompletionRow(Base):
    """A completion that a run needs, asked for by itself or found there already."""

    __tablename__ = "run_completion"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    completion_id: Mapped[int] = mapped_column(
        ForeignKey("completion.id"), primary_key=True, index=True
    )


class BatchRow(Base):
    """One job at the teacher's batch endpoint; its remote id is stored before anybody waits."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)  # finds it again without its id
    requests: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[str | None] = mapped_column(String(200))
    remote_id: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(50))
    created_at: Mapped[datetime]
    collected_at: Mapped[datetime | None]


class AttemptRow(Base):
    """One request that was sent for a completion, and how it ended."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_run_id_outcome", "run_id", "outcome"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    number: Mapped[int]
    sent_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[AttemptOutcome | None] = mapped_column(EnumText(AttemptOutcome))
    http_status: Mapped[int | None]
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    cost_usd: Mapped[float | None]
    detail: Mapped[str | None] = mapped_column(Text)
