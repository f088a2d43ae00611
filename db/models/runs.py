"""Runs, their metrics and stages, and the experiments that group them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import RunKind, RunStatus


class ExperimentRow(Base):
    """A grid of runs that share stages."""

    __tablename__ = "experiment"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    config: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class RunRow(Base):
    """One execution: the whole contract between the app and the worker that carries it out."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_status_queue_position", "status", "queue_position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RunKind] = mapped_column(EnumText(RunKind))
    name: Mapped[str] = mapped_column(String(200))
    method: Mapped[str | None] = mapped_column(String(32))
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"), index=True)
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"))
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiment.id"), index=True)
    config: Mapped[dict[str, Any]]
    config_hash: Mapped[str] = mapped_column(String(64), index=True)
    status: Mapped[RunStatus] = mapped_column(EnumText(RunStatus))
    queue_position: Mapped[float] = mapped_column(default=0.0)
    launcher: Mapped[str] = mapped_column(String(32), default="local")
    launched_at: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(64))  # token of the worker that claimed it
    host: Mapped[str | None] = mapped_column(String(200))
    pid: Mapped[int | None]
    pid_started: Mapped[float | None]  # tells a reused pid from ours
    heartbeat_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    code_version: Mapped[str] = mapped_column(String(64))
    packages: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[Any]] = mapped_column(default=list)  # words that people give it
    archived_at: Mapped[datetime | None]  # it is listed no longer
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class LaunchRow(Base):
    """How a run was handed to a cluster, or travels as a parcel that we may see."""

    __tablename__ = "launch"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ticket: Mapped[str | None] = mapped_column(String(200))  # what the cluster calls it
    submission: Mapped[str] = mapped_column(Text, default="")  # exactly what was handed in
    state: Mapped[str] = mapped_column(String(50), default="")  # the cluster's own word
    reason: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[int | None]  # in the cluster's queue
    parcel: Mapped[str | None] = mapped_column(Text)  # the file, where the run travels
    read_bytes: Mapped[int] = mapped_column(default=0)  # of the parcel's progress.jsonl
    submitted_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    stop_at: Mapped[datetime | None]  # from when on a run that is to stop is ended by the cluster
    ended_at: Mapped[datetime | None]  # when the cluster was seen to have it no more


class MetricRow(Base):
    """One measured value of a run at one step of one stage."""

    __tablename__ = "metric"
    __table_args__ = (UniqueConstraint("run_id", "stage", "name", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    stage: Mapped[str] = mapped_column(String(50))
    name: Mapped[str] = mapped_column(String(50))  # loss, tokens_per_second, ...
    step: Mapped[int]
    value: Mapped[float]
    at: Mapped[datetime]


class RunPartRow(Base):
    """A part of a run that is over, and what it cost; a resumed run adds to the same row.

    `role` is the stage's that the part trained, None for a part that wrote or answered.
    """

    __tablename__ = "run_part"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    place: Mapped[int]  # the order in which the parts were first over
    role: Mapped[str | None] = mapped_column(String(50))
    seconds: Mapped[float]
    peak_memory_bytes: Mapped[int] = mapped_column(BigInteger)


class AnswerShardRow(Base):
    """Some of the questions of a run that answers very many: one worker's at a time.

    Its answers come in the same transaction as `finished_at`; a worker whose heartbeat is old has
    it no longer.
    """

    __tablename__ = "answer_shard"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 1
    question_ids: Mapped[list[Any]]
    questions: Mapped[int]
    worker: Mapped[str | None] = mapped_column(String(64))
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class StageRow(Base):
    """One trained model; the same hash is the same stage, and is trained once.

    `folder` is relative to the artifacts folder.
    """

    __tablename__ = "stage"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    folder: Mapped[str] = mapped_column(String(500))
    config: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    seconds: Mapped[float]
    created_at: Mapped[datetime]


class RunStageRow(Base):
    """A stage that a run used, trained by itself or reused at no cost."""

    __tablename__ = "run_stage"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(50), primary_key=True)  # rationale, answer, fold_0...
    reused: Mapped[bool]
