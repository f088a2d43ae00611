"""A made-up database of many rationales, to time the review screen on.

Texts are drawn from a seed; nothing in it is a result of anything.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.base import Base
from db.models import DatasetRow, FlagRow, QuestionRow, RationaleRow, RevisionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.bench.synthetic import WORDS
from scicot.pure.checks import risk_of
from scicot.pure.checks.table import CHECKS
from scicot.pure.hashing import content_hash
from scicot.words.records import Cause, Origin, RationaleStatus, Split

DATASET = "bench-review"
CHUNK = 5_000
STATUSES = (
    *[RationaleStatus.UNREVIEWED] * 6,
    *[RationaleStatus.ACCEPTED] * 3,
    RationaleStatus.REJECTED,
)
FLAGGED = 0.4  # share of the rationales


def make_rationales(session: Session, count: int, *, seed: int = 0) -> str:
    """Fill an empty database with this many rationales and return the dataset's name."""
    draw = random.Random(seed)
    with write(session):
        dataset = DatasetRow(name=DATASET, created_at=utc_now())
        session.add(dataset)
        session.flush()
        dataset_id = dataset.id
    for start in range(1, count + 1, CHUNK):
        numbers = range(start, min(count + 1, start + CHUNK))
        rows = [_rows(number, dataset_id, draw) for number in numbers]
        with write(session):
            for place, model in enumerate((QuestionRow, RationaleRow, RevisionRow)):
                _insert(session, model, [row[place] for row in rows])
            _insert(session, FlagRow, [flag for row in rows for flag in row[3]])
    return DATASET


def _insert(session: Session, model: type[Base], rows: Sequence[Any]) -> None:
    if rows:
        session.execute(insert(model), list(rows))


def _sentences(draw: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        yield " ".join(draw.choices(WORDS, k=draw.randint(8, 16))).capitalize() + "."


def _rows(number: int, dataset_id: int, draw: random.Random) -> tuple[Any, Any, Any, list[Any]]:
    """Return the question, the rationale, its revision and its flags; ids are the number."""
    now = utc_now()
    text = " ".join(_sentences(draw, draw.randint(2, 5)))
    checks = draw.sample(CHECKS, k=draw.randint(1, 3)) if draw.random() < FLAGGED else []
    stem = f"{number}: {next(_sentences(draw, 1))[:-1]}?"
    options = [{"label": label, "text": " ".join(draw.choices(WORDS, k=3))} for label in "ABCD"]
    question = {
        "id": number,
        "dataset_id": dataset_id,
        "split": Split.TRAIN,
        "external_id": f"bench-{number}",
        "position": number,
        "stem": stem,
        "choices": options,
        "answer_key": draw.choice("ABCD"),
        "content_hash": content_hash([stem, options]),
        "created_at": now,
    }
    rationale = {
        "id": number,
        "question_id": number,
        "dataset_id": dataset_id,
        "origin": Origin.TEACHER,
        "source": draw.choice(("teacher one", "teacher two")),
        "sample": 0,
        "status": draw.choice(STATUSES),
        "revision_id": number,
        "risk": risk_of((check.id for check in checks), {}),
        "length": len(text),
        "created_at": now,
    }
    revision = {
        "id": number,
        "rationale_id": number,
        "number": 1,
        "text": text,
        "author": "bench",
        "cause": Cause.GENERATED,
        "operation_id": f"bench-{number}",
        "created_at": now,
    }
    flags = [
        {
            "rationale_id": number,
            "revision_id": number,
            "check_id": check.id,
            "severity": check.severity,
            "message": check.explanation,
            "start": 0,
            "end": min(20, len(text)),
            "suggestion": None,
        }
        for check in checks
    ]
    return question, rationale, revision, flags
