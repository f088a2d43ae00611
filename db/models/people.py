"""People: who has which role, the log of who did what, and what each of them chose last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, EnumText
from scicot.words.records import Role


class PersonRow(Base):
    """Somebody who may sign in; a role taken away takes the row away."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)  # in lower case
    role: Mapped[Role] = mapped_column(EnumText(Role))
    given_by: Mapped[str] = mapped_column(String(320))
    given_at: Mapped[datetime]


class DeedRow(Base):
    """One thing that somebody did; append-only, held by triggers."""

    __tablename__ = "deed"
    __table_args__ = (Index("ix_deed_actor_id", "actor", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(320))
    role: Mapped[Role] = mapped_column(EnumText(Role))
    action: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(200))


class PreferenceRow(Base):
    """What a person chose last, by name: the dataset, for instance."""

    __tablename__ = "preference"

    person: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
