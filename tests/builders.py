"""Small things made for tests, with a default for whatever a test does not care about."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from db.session import write
from scicot.services.questions.imports import import_questions
from scicot.services.questions.lookup import list_questions
from scicot.services.rationales.revisions import add_rationale
from scicot.services.runs.runs import create_run
from scicot.words.configs import TrainingConfig
from scicot.words.records import (
    Actor,
    Cause,
    Choice,
    Origin,
    RationaleStatus,
    RunKind,
    Split,
    StoredQuestion,
)

TOPICS = ("moon", "river", "iron", "leaf", "sound", "heat", "bone", "cloud", "fern", "magnet")


def make_question(
    external_id: str = "Q1",
    stem: str = "How long does Earth need to turn seven times?",
    choices: Sequence[tuple[str, str]] = (
        ("A", "One day"),
        ("B", "One week"),
        ("C", "One month"),
        ("D", "One year"),
    ),
    answer_key: str = "B",
    question_id: int = 1,
    split: Split = Split.TRAIN,
) -> StoredQuestion:
    return StoredQuestion(
        external_id=external_id,
        stem=stem,
        choices=tuple(Choice(label, text) for label, text in choices),
        answer_key=answer_key,
        id=question_id,
        split=split,
    )


def arc_row(number: int, prefix: str = "Q") -> dict[str, object]:
    """One question in ARC's layout; the key goes round A-D."""
    topic = TOPICS[number % len(TOPICS)]
    labels = "ABCD"
    # no question stands in two splits: a run would leave it out of its training
    place = "" if prefix in ("Q", "Train-") else f" of the {prefix.strip('-').lower()} sheet"
    return {
        "id": f"{prefix}{number}",
        "question": {
            "stem": f"Which statement number {number} about the {topic}{place} is true?",
            "choices": [
                {"label": label, "text": f"{topic} fact {label.lower()}{number}"}
                for label in labels
            ],
        },
        "answerKey": labels[number % 4],
    }


def store_questions(
    session: Session,
    folder: Path,
    *,
    dataset: str = "demo",
    train: int = 8,
    validation: int = 4,
    test: int = 4,
) -> dict[Split, Sequence[StoredQuestion]]:
    """Import made-up questions through the real importer and return them by split."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, count, suffix in (
        (Split.TRAIN, train, "Train"),
        (Split.VALIDATION, validation, "Dev"),
        (Split.TEST, test, "Test"),
    ):
        rows = [json.dumps(arc_row(n, prefix=f"{suffix}-")) for n in range(count)]
        path = folder / f"Demo-{suffix}.jsonl"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        if rows:
            import_questions(session, Actor("Ada"), str(path), dataset=dataset, split=split)
    return {split: list_questions(session, dataset, split) for split in Split}


def store_rationale(
    session: Session,
    question: StoredQuestion,
    text: str = "The fact follows from what the question says.",
    *,
    origin: Origin = Origin.TEACHER,
    source: str = "starter",
    sample: int = 0,
    status: RationaleStatus = RationaleStatus.UNREVIEWED,
) -> int:
    with write(session):
        rationale_id = add_rationale(
            session,
            Actor("teacher"),
            question_id=question.id,
            origin=origin,
            source=source,
            text=text,
            cause=Cause.GENERATED,
            sample=sample,
            status=status,
            operation_id=uuid.uuid4().hex,
        )
    assert rationale_id is not None
    return rationale_id


def store_training(session: Session, config: TrainingConfig) -> int:
    """Store a training run that waits with these settings, and return its id."""
    return create_run(
        session,
        Actor("Ada"),
        kind=RunKind.TRAIN,
        name="a run",
        config=config.model_dump(mode="json"),
    )
