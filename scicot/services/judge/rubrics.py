"""Rubrics in versions: what a judge goes by; none is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RubricRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.sources.yaml_files import read_yaml
from scicot.pure.judge.rubric import (
    BUILT_IN,
    Criterion,
    check_rubric,
    parse_rubric,
    rubric_hash,
)
from scicot.words.errors import NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor
from scicot.words.storage import expand

AUTHOR = Actor("Sci-CoT")


@dataclass(frozen=True, slots=True)
class Rubric:
    """One version of the rubric; its number is its name."""

    id: int
    criteria: tuple[Criterion, ...]
    actor: str
    created_at: datetime


def list_rubrics(session: Session) -> list[Rubric]:
    """Return every version, newest first; the built-in one is stored the first time."""
    rows = session.scalars(select(RubricRow).order_by(RubricRow.id.desc())).all()
    return [_to_rubric(row) for row in rows] or [save_rubric(session, AUTHOR, BUILT_IN)]


def get_rubric(session: Session, rubric_id: int) -> Rubric:
    """Return this version; raises NotFound."""
    there = list_rubrics(session)
    for rubric in there:
        if rubric.id == rubric_id:
            return rubric
    numbers = ", ".join(str(rubric.id) for rubric in there)
    raise NotFound(f"There is no rubric {rubric_id} (there are: {numbers}). Save it first.")


def load_rubric(path: Path) -> tuple[Criterion, ...]:
    """Return the criteria that a YAML file names; raises InvalidInput naming what is wrong."""
    return parse_rubric(read_yaml(expand(path)))


@needs(Action.SAVE_PROMPT)
def save_rubric(session: Session, actor: Actor, criteria: Sequence[Criterion]) -> Rubric:
    """Store the criteria as the next version; the same words are the version that is there.

    The built-in one is the first, whoever saves what.
    """
    check_rubric(criteria)
    if tuple(criteria) != BUILT_IN:
        list_rubrics(session)
    digest = rubric_hash(criteria)
    with write(session):
        row = session.scalar(select(RubricRow).where(RubricRow.content_hash == digest))
        if row is None:
            content: list[Any] = [
                {"name": criterion.name, "asks": criterion.asks} for criterion in criteria
            ]
            row = RubricRow(
                criteria=content, content_hash=digest, actor=actor.name, created_at=utc_now()
            )
            session.add(row)
            session.flush()
        return _to_rubric(row)


def _to_rubric(row: RubricRow) -> Rubric:
    criteria = tuple(Criterion(criterion["name"], criterion["asks"]) for criterion in row.criteria)
    return Rubric(row.id, criteria, row.actor, row.created_at)
