"""Datasets, their questions, the imports that brought them and the duplicates among them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import AnswerKind, Split


class DatasetRow(Base):
    """A named question set."""

    __tablename__ = "dataset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    language: Mapped[str | None] = mapped_column(String(35))  # a tag such as zh; None: not told
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    other_names: Mapped[list[Any]] = mapped_column(default=list)  # links and runs still hold them


class QuestionRow(Base):
    """One question; unique by (dataset, split, external id): ids may restart in every split.

    An empty `answer_key` is unknown: a blind test. With an `answer_form` the question has no
    choices and `answer_key` is the answer itself. `group` names what several questions share, a
    passage say.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("dataset_id", "split", "external_id"),
        Index("ix_question_dataset_id_split_position", "dataset_id", "split", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    split: Mapped[Split] = mapped_column(EnumText(Split))
    external_id: Mapped[str] = mapped_column(String(200), index=True)
    position: Mapped[int]
    stem: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[Any]]  # [{"label", "text"}] in the source's order
    answer_key: Mapped[str] = mapped_column(Text)
    answer_form: Mapped[AnswerKind | None] = mapped_column(EnumText(AnswerKind))
    group: Mapped[str | None] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    # what a search for duplicates compares, in 144 bytes; None: not made yet
    sketch: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]


class LayoutRow(Base):
    """A mapping of a file's columns to a question's fields, remembered by name."""

    __tablename__ = "layout"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    columns: Mapped[dict[str, Any]]  # field -> column
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class ImportRow(Base):
    """One import that was carried out: what came, from where, by whom."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))  # questions, rationales, predictions
    source_name: Mapped[str] = mapped_column(String(500))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    target: Mapped[str] = mapped_column(String(200))  # what it was imported as
    actor: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    result: Mapped[dict[str, Any]]


class DuplicateRow(Base):
    """Two questions with the same or nearly the same stem and choices; the lower id first."""

    __tablename__ = "duplicate"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    similarity: Mapped[float]  # Jaccard over word 3-grams, 1.0 = exact
