"""Tags: an error taxonomy of one's own, put on predictions by digit, each person's apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.models import PredictionRow, PredictionTagRow, TagRow
from db.rows import changed_rows
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.statistics import Agreement, cohens_kappa
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor

DIGITS = range(1, 10)
MOST_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Tag:
    """One entry of the taxonomy; its digit sets it, None once nine others have one."""

    id: int
    name: str
    digit: int | None


@dataclass(frozen=True, slots=True)
class TagMark:
    """A tag that somebody put on a prediction."""

    tag: Tag
    actor: str


@dataclass(frozen=True, slots=True)
class TagCount:
    """How many predictions of each run bear a tag, whoever put it there."""

    tag: Tag
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TagAgreement:
    """How two people agree on one tag, over the predictions that both have tagged."""

    tag: Tag
    first: str
    second: str
    agreement: Agreement


def list_tags(session: Session) -> list[Tag]:
    """Return the taxonomy, those with digits first."""
    rows = session.scalars(select(TagRow).order_by(TagRow.digit.is_(None), TagRow.digit, TagRow.id))
    return [Tag(row.id, row.name, row.digit) for row in rows]


@needs(Action.CHANGE_TAGS)
def add_tag(session: Session, actor: Actor, name: str) -> Tag:
    """Add a tag under the lowest free digit; raises InvalidInput or Conflict."""
    name = _checked(name)
    with write(session):
        known = list_tags(session)
        _refuse_taken(name, known)
        taken = {tag.digit for tag in known}
        digit = next((free for free in DIGITS if free not in taken), None)
        row = TagRow(name=name, digit=digit)
        session.add(row)
        session.flush()
        return Tag(row.id, row.name, row.digit)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MOST_CHARACTERS:
        raise InvalidInput(f"A tag's name has 1 to {MOST_CHARACTERS} characters. Change it.")
    return name


def _refuse_taken(name: str, others: Sequence[Tag]) -> None:
    if name.casefold() in {tag.name.casefold() for tag in others}:
        raise Conflict(f"There is a tag '{name}' already.")


@needs(Action.CHANGE_TAGS)
def change_tag(
    session: Session, actor: Actor, tag_id: int, *, name: str, digit: int | None
) -> None:
    """Rename a tag and give it this digit; a tag that has the digit takes the old one instead.

    Whatever bears the tag goes on bearing it. Raises InvalidInput, Conflict or NotFound.
    """
    name = _checked(name)
    if digit is not None and digit not in DIGITS:
        raise InvalidInput(f"A tag's digit is 1 to 9, not {digit}. Choose another.")
    with write(session):
        row = _row(session, tag_id)
        _refuse_taken(name, [tag for tag in list_tags(session) if tag.id != tag_id])
        if digit is not None:
            holder = session.scalar(select(TagRow).where(TagRow.digit == digit))
            if holder is not None:
                holder.digit = row.digit
        row.name, row.digit = name, digit


@needs(Action.CHANGE_TAGS)
def remove_tag(session: Session, actor: Actor, tag_id: int) -> None:
    """Remove a tag that nothing bears; raises Conflict when something does."""
    with write(session):
        row = _row(session, tag_id)
        borne = session.scalar(
            select(func.count())
            .select_from(PredictionTagRow)
            .where(PredictionTagRow.tag_id == tag_id)
        )
        if borne:
            raise Conflict(
                f"{borne} predictions bear the tag '{row.name}'. Take it off them first."
            )
        session.delete(row)


@needs(Action.TAG)
def toggle_tag(session: Session, actor: Actor, prediction_id: int, tag_id: int) -> bool:
    """Put the actor's tag on a prediction, or take it off again; return whether it is on now."""
    mine = (
        PredictionTagRow.prediction_id == prediction_id,
        PredictionTagRow.tag_id == tag_id,
        PredictionTagRow.actor == actor.name,
    )
    with write(session):
        _row(session, tag_id)
        taken = session.execute(delete(PredictionTagRow).where(*mine))
        if changed_rows(taken):
            return False
        session.add(
            PredictionTagRow(
                prediction_id=prediction_id,
                tag_id=tag_id,
                actor=actor.name,
                created_at=utc_now(),
            )
        )
    return True


def _row(session: Session, tag_id: int) -> TagRow:
    row = session.get(TagRow, tag_id)
    if row is None:
        raise NotFound(f"There is no tag {tag_id}. Somebody may have removed it.")
    return row


def list_marks(session: Session, prediction_ids: Sequence[int]) -> dict[int, list[TagMark]]:
    """Return the tags of each prediction that has any, in the taxonomy's order."""
    rows = session.execute(
        select(PredictionTagRow.prediction_id, PredictionTagRow.actor, TagRow)
        .join(TagRow, TagRow.id == PredictionTagRow.tag_id)
        .where(PredictionTagRow.prediction_id.in_(prediction_ids))
        .order_by(TagRow.digit.is_(None), TagRow.digit, TagRow.id, PredictionTagRow.actor)
    )
    marks: dict[int, list[TagMark]] = defaultdict(list)
    for prediction_id, actor, tag in rows:
        marks[prediction_id].append(TagMark(Tag(tag.id, tag.name, tag.digit), actor))
    return dict(marks)


def list_tagged(session: Session, run_id: int) -> dict[int, set[str]]:
    """Return the names of the tags that each question's prediction bears, by question id."""
    rows = session.execute(
        select(PredictionRow.question_id, TagRow.name)
        .join(PredictionTagRow, PredictionTagRow.prediction_id == PredictionRow.id)
        .join(TagRow, TagRow.id == PredictionTagRow.tag_id)
        .where(PredictionRow.run_id == run_id)
    )
    tagged: dict[int, set[str]] = defaultdict(set)
    for question_id, name in rows:
        tagged[question_id].add(name)
    return dict(tagged)


def count_tags(
    session: Session, run_ids: Sequence[int], among: Collection[int] | None = None
) -> list[TagCount]:
    """Return each tag's count in each run, in the order given; `among` keeps these questions."""
    rows = session.execute(
        select(PredictionTagRow.tag_id, PredictionRow.run_id, PredictionRow.question_id)
        .join(PredictionRow, PredictionRow.id == PredictionTagRow.prediction_id)
        .where(PredictionRow.run_id.in_(run_ids))
        .distinct()
    )
    kept = None if among is None else set(among)
    counts = Counter(
        (tag_id, run_id)
        for tag_id, run_id, question_id in rows
        if kept is None or question_id in kept
    )
    return [
        TagCount(tag, tuple(counts[tag.id, run_id] for run_id in run_ids))
        for tag in list_tags(session)
    ]


def measure_tag_agreement(
    session: Session, run_ids: Sequence[int], among: Collection[int] | None = None
) -> list[TagAgreement]:
    """Return how each two people agree on each tag that either of them used.

    Only predictions that both have tagged with something count: an untagged one may just not
    have been read. `among` keeps the answers to these questions only.
    """
    rows = session.execute(
        select(
            PredictionTagRow.actor,
            PredictionTagRow.prediction_id,
            PredictionTagRow.tag_id,
            PredictionRow.question_id,
        )
        .join(PredictionRow, PredictionRow.id == PredictionTagRow.prediction_id)
        .where(PredictionRow.run_id.in_(run_ids))
    )
    given: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    kept = None if among is None else set(among)
    for actor, prediction_id, tag_id, question_id in rows:
        if kept is None or question_id in kept:
            given[actor][prediction_id].add(tag_id)
    tags = list_tags(session)
    agreements = []
    for first, second in combinations(sorted(given), 2):
        shared = given[first].keys() & given[second].keys()
        pairs = [(given[first][key], given[second][key]) for key in shared]
        for tag in tags:
            agreement = _agree(pairs, tag.id)
            if agreement is not None:
                agreements.append(TagAgreement(tag, first, second, agreement))
    return agreements


def _agree(pairs: Sequence[tuple[set[int], set[int]]], tag_id: int) -> Agreement | None:
    votes = [(tag_id in first, tag_id in second) for first, second in pairs]
    if not any(first or second for first, second in votes):
        return None
    return cohens_kappa(
        both=votes.count((True, True)),
        only_first=votes.count((True, False)),
        only_second=votes.count((False, True)),
        neither=votes.count((False, False)),
    )
