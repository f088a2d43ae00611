"""Snapshots: immutable, hashed sets of rationale revisions that runs train on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class SnapshotRow(Base):
    """A named snapshot with the hash of what it holds and the criteria that chose it."""

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    criteria: Mapped[dict[str, Any]]
    items: Mapped[int]
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    other_names: Mapped[list[Any]] = mapped_column(default=list)  # runs still call it by them


class SnapshotItemRow(Base):
    """A revision that explains a question in a snapshot; of several `place` 0 is the best."""

    __tablename__ = "snapshot_item"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, default=0)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
