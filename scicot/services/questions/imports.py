"""Imports of questions: all or nothing, once, and each bad row by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import scicot
from db.models import DatasetRow, ImportRow, QuestionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.sources.arc_files import find_question_files, read_questions
from scicot.adapters.sources.hub import read_hub_questions
from scicot.pure.hashing import content_hash
from scicot.services.questions.lookup import count_questions
from scicot.words.errors import Conflict, InvalidInput
from scicot.words.records import Actor, Question, Split

# 60 questions written for Sci-CoT, so that everything can be tried without a file or a network
STARTER_FOLDER = Path(scicot.__file__).parent / "data" / "starter"


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was left out, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionImport:
    """What an import of questions did."""

    datasets: dict[str, dict[str, int]]
    added: int
    already_there: int
    rejected: Sequence[RejectedRow] = field(default_factory=tuple)
    first_imported: str | None = None  # when the same content came first, if it did


def import_questions(
    session: Session,
    actor: Actor,
    location: str,
    *,
    dataset: str,
    split: Split | None = None,
    skip_bad_rows: bool = False,
) -> QuestionImport:
    """Import a JSONL file, ARC's official folder, `hub:allenai/ai2_arc`, or the `starter` set.

    All or nothing: the first bad row raises its error and nothing is written, unless
    `skip_bad_rows`, which lists every row left out. What is there already is left as it is; the
    same id with other content raises Conflict.
    """
    if not dataset.strip():
        raise InvalidInput("The dataset has no name. Give it one, for instance 'arc'.")
    rejected: list[RejectedRow] = []
    if location.startswith("hub:"):
        questions = [question for _, question in read_hub_questions(location[4:], dataset)]
    else:
        questions = []
        path = STARTER_FOLDER if location == "starter" else Path(location).expanduser()
        for file in find_question_files(path, dataset, split):
            for number, found in read_questions(file):
                if isinstance(found, Question):
                    questions.append(found)
                elif skip_bad_rows:
                    rejected.append(RejectedRow(number, str(found)))
                else:
                    raise type(found)(f"{found} Or import with --skip-bad-rows.") from None
    _refuse_repeated_ids(questions)
    return _store_questions(session, actor, location, questions, rejected)


def question_hash(question: Question) -> str:
    """Return the hash of what a question asks: stem, choices and key."""
    options = [[choice.label, choice.text] for choice in question.choices]
    return content_hash([question.stem, options, question.answer_key])


def _refuse_repeated_ids(questions: Iterable[Question]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for question in questions:
        key = (question.dataset, question.external_id)
        if seen.setdefault(key, question_hash(question)) != question_hash(question):
            raise InvalidInput(
                f"The id '{question.external_id}' stands twice in '{question.dataset}' with "
                "different content. Give each question an id of its own."
            )


def _store_questions(
    session: Session,
    actor: Actor,
    location: str,
    questions: Sequence[Question],
    rejected: Sequence[RejectedRow],
) -> QuestionImport:
    now = utc_now()
    names = sorted({question.dataset for question in questions})
    whole = content_hash([[q.dataset, q.split, q.external_id, question_hash(q)] for q in questions])
    added = 0
    with write(session):
        first = session.scalar(
            select(ImportRow.created_at)
            .where(ImportRow.content_hash == whole, ImportRow.kind == "questions")
            .order_by(ImportRow.id)
            .limit(1)
        )
        for name in names:
            dataset = session.scalar(select(DatasetRow).where(DatasetRow.name == name))
            if dataset is None:
                dataset = DatasetRow(name=name, created_at=now)
                session.add(dataset)
                session.flush()
            added += _add_missing(session, dataset, [q for q in questions if q.dataset == name])
        session.add(
            ImportRow(
                kind="questions",
                source_name=Path(location).name or location,
                content_hash=whole,
                target=", ".join(names),
                actor=actor.name,
                created_at=now,
                result={"added": added, "rejected": len(rejected)},
            )
        )
    counts = count_questions(session)
    return QuestionImport(
        datasets={name: counts[name] for name in names},
        added=added,
        already_there=len(questions) - added,
        rejected=rejected,
        first_imported=first.isoformat(timespec="seconds") if first else None,
    )


def _add_missing(session: Session, dataset: DatasetRow, questions: Sequence[Question]) -> int:
    there = dict(
        session.execute(
            select(QuestionRow.external_id, QuestionRow.content_hash).where(
                QuestionRow.dataset_id == dataset.id
            )
        ).all()
    )
    fresh = []
    for position, question in enumerate(questions):
        known = there.get(question.external_id)
        digest = question_hash(question)
        if known == digest:
            continue
        if known is not None:
            raise Conflict(
                f"'{dataset.name}' holds a question '{question.external_id}' with other content. "
                "Import the changed file under another dataset name."
            )
        there[question.external_id] = digest
        fresh.append(
            {
                "dataset_id": dataset.id,
                "split": question.split,
                "external_id": question.external_id,
                "position": position,
                "stem": question.stem,
                "choices": [{"label": one.label, "text": one.text} for one in question.choices],
                "answer_key": question.answer_key,
                "content_hash": digest,
                "created_at": utc_now(),
            }
        )
    if fresh:
        session.execute(QuestionRow.__table__.insert(), fresh)  # type: ignore[attr-defined]
    return len(fresh)
