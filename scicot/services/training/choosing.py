"""Which rationales a snapshot takes: by status, source, sample and worth, so many a question."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import Session

from db.models import QuestionRow, RationaleRow, RevisionRow
from scicot.pure.hashing import content_hash
from scicot.pure.methods.plan import OwnAnswerRule
from scicot.services.rationales.worth_order import gives_nothing_away, list_measuring, worth_of
from scicot.words.errors import InvalidInput
from scicot.words.records import APPROVED, RationaleStatus, Split

TAKEN_FIRST = {RationaleStatus.EDITED: 0, RationaleStatus.ACCEPTED: 1}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a snapshot takes: of each question up to `per_question` rationales, the best first.

    Sources take turns in the order of `sources`; within one an edited text comes before an accepted
    one before any other, then the less suspicious, then the older. `sources` and `samples` empty:
    any. `own_answer` keeps those alone whose teacher, without the key, comes to it (`right`), or
    drops those alone that come to another (`not_wrong`: what was told the key stays). `least_help`
    (nats) and `without_leak` keep what a student measured and found to help so much, and not to
    give the key away. `by_help`: what helps it most comes first, whosever it is: which teacher for
    which question. `measured_by` is that student, since two measure differently; None: `settle`
    names the one that measured last. Of more than `limit` questions those stay, with `by_help`,
    whose text helps most; else they are drawn, always the same ones.
    """

    include: Sequence[RationaleStatus] = APPROVED
    sources: Sequence[str] = ()
    samples: Sequence[int] = ()
    own_answer: OwnAnswerRule | None = None
    per_question: int = 1
    least_help: float | None = None
    without_leak: bool = False
    by_help: bool = False
    limit: int | None = None
    measured_by: str | None = None

    @property
    def goes_by_worth(self) -> bool:
        """Whether it counts what a student measured."""
        return self.least_help is not None or self.without_leak or self.by_help

    def as_stored(self) -> dict[str, Any]:
        """Return what the snapshot's row says of how it was chosen."""
        stored: dict[str, Any] = {
            "include": [status.value for status in self.include],
            "sources": list(self.sources),
        }
        if self.own_answer == "right":
            stored["own_answer_right"] = True
        elif self.own_answer:
            stored["own_answer"] = self.own_answer
        if self.samples:
            stored["samples"] = list(self.samples)
        if self.per_question > 1:
            stored["per_question"] = self.per_question
        if self.least_help is not None:
            stored["least_help"] = self.least_help
        if self.without_leak:
            stored["without_leak"] = True
        if self.by_help:
            stored["by_help"] = True
        if self.limit is not None:
            stored["limit"] = self.limit
        if self.measured_by is not None:
            stored["measured_by"] = self.measured_by
        return stored

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Criteria:
        """Return what a snapshot's row says of how it was chosen."""
        return cls(
            include=tuple(RationaleStatus(status) for status in stored.get("include", APPROVED)),
            sources=tuple(stored.get("sources", ())),
            samples=tuple(stored.get("samples", ())),
            own_answer="right" if stored.get("own_answer_right") else stored.get("own_answer"),
            per_question=stored.get("per_question", 1),
            least_help=stored.get("least_help"),
            without_leak=stored.get("without_leak", False),
            by_help=stored.get("by_help", False),
            limit=stored.get("limit"),
            measured_by=stored.get("measured_by"),
        )

    def say(self) -> str:
        """Return in words what a rationale must be to be taken."""
        said = " or ".join(status.value for status in self.include)
        if self.sources:
            said += f", by {' or '.join(self.sources)}"
        if self.samples:
            said += f", sample {' or '.join(map(str, self.samples))}"
        if self.own_answer == "right":
            said += ", with a teacher that comes to the key by itself"
        elif self.own_answer:
            said += ", with a teacher that does not come to another answer by itself"
        if self.least_help is not None:
            said += f", and helps a student by {self.least_help:g} nats or more"
        if self.without_leak:
            said += ", and does not give the key away"
        if self.measured_by is not None:
            said += f" (measured by {self.measured_by})"
        return said


ONE_APPROVED = Criteria()  # one text a question, of those to which a person said yes


@dataclass(frozen=True, slots=True)
class Taken:
    """One rationale that a snapshot takes."""

    external_id: str
    revision_id: int
    text: str


def settle(session: Session, dataset_id: int, criteria: Criteria) -> Criteria:
    """Return the criteria with the student named whose measures count, where any do.

    Raises InvalidInput for a student that measured none of the dataset's rationales.
    """
    if not criteria.goes_by_worth:
        return replace(criteria, measured_by=None)
    students = list_measuring(session, dataset_id)
    if criteria.measured_by is None:
        return replace(criteria, measured_by=students[0] if students else None)
    if criteria.measured_by not in students:
        raise InvalidInput(
            f"'{criteria.measured_by}' has measured none of these rationales (there are: "
            f"{', '.join(students) or 'none yet'}). Have it measure them first: `worth run`."
        )
    return criteria


Chosen = Mapping[int, Sequence[Taken]]  # by question id, the best first


def choose_rationales(session: Session, dataset_id: int, criteria: Criteria) -> Chosen:
    """Return what a snapshot by these criteria holds, by question id.

    Sources take turns, so that of two teachers each has a word before one has two. Within its turn
    an edited text comes before an accepted one before any other, then the less suspicious, then
    the older. A text that a question has already is passed over.
    """
    if criteria.per_question < 1:
        raise InvalidInput("A snapshot takes at least one rationale a question.")
    if criteria.limit is not None and criteria.limit < 1:
        raise InvalidInput("A snapshot takes at least one question. Raise the limit.")
    rank = {source: place for place, source in enumerate(criteria.sources)}
    by = criteria.measured_by
    help_ = worth_of("help", by) if criteria.by_help else literal(None)
    query = (
        select(RationaleRow, QuestionRow.external_id, RevisionRow.id, RevisionRow.text, help_)
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .join(RationaleRow.current)
        .where(RationaleRow.dataset_id == dataset_id, *conditions(criteria))
    )
    rows = sorted(
        session.execute(query),
        key=lambda row: (
            -row[4] if row[4] is not None else math.inf,
            rank.get(row[0].source, 0),
            TAKEN_FIRST.get(row[0].status, len(TAKEN_FIRST)),
            row[0].risk,
            row[0].id,
        ),
    )
    if criteria.limit is not None:
        kept = _limit_questions(rows, criteria)
        rows = [row for row in rows if row[0].question_id in kept]
    turns: dict[int, list[tuple[int, Taken]]] = defaultdict(list)
    said: dict[tuple[int, str], int] = defaultdict(int)
    texts: set[tuple[int, str]] = set()
    for rationale, external_id, revision_id, text, _ in rows:
        key = rationale.question_id
        if (key, text) in texts:
            continue
        texts.add((key, text))
        turn = 0 if criteria.by_help else said[key, rationale.source]
        said[key, rationale.source] += 1
        turns[key].append((turn, Taken(external_id, revision_id, text)))
    return {
        key: [taken for _, taken in sorted(those, key=lambda item: item[0])][
            : criteria.per_question
        ]
        for key, those in turns.items()
    }


def _limit_questions(rows: Sequence[Any], criteria: Criteria) -> set[int]:
    """Return the questions that stay of rows in which the best text comes first."""
    ids = dict.fromkeys((row[0].question_id, row[1]) for row in rows)
    if not criteria.by_help:
        drawn = sorted(ids, key=lambda item: content_hash(["drawn for a snapshot", item[1]]))
        ids = dict.fromkeys(drawn)
    return {question_id for question_id, _ in list(ids)[: criteria.limit]}


def conditions(criteria: Criteria) -> list[ColumnElement[bool]]:
    """Return what a rationale of a dataset must be to be taken."""
    wanted: list[ColumnElement[bool]] = [
        QuestionRow.split == Split.TRAIN,
        RationaleRow.status.in_(criteria.include),
    ]
    if criteria.sources:
        wanted.append(RationaleRow.source.in_(criteria.sources))
    if criteria.samples:
        wanted.append(RationaleRow.sample.in_(criteria.samples))
    if criteria.own_answer == "right":
        wanted.append(RationaleRow.own_answer_right.is_(True))
    elif criteria.own_answer:
        wanted.append(RationaleRow.own_answer_right.is_not(False))
    if criteria.least_help is not None:
        wanted.append(worth_of("help", criteria.measured_by) >= criteria.least_help)
    if criteria.without_leak:
        wanted.append(gives_nothing_away(criteria.measured_by))
    return wanted


def hash_chosen(chosen: Chosen) -> str:
    """Return the hash of questions and texts, whatever the snapshot's name and order."""
    return content_hash(
        sorted((taken.external_id, taken.text) for those in chosen.values() for taken in those)
    )


def count_chosen(chosen: Chosen) -> int:
    """Return how many rationales were chosen, of all questions together."""
    return sum(map(len, chosen.values()))
