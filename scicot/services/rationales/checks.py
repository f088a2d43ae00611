"""Checks: find what is wrong with rationales, keep it as flags, and order the queue by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import FlagRow, RationaleRow, RevisionRow
from db.rows import chunks
from db.session import write
from scicot.pure.checks import find_flags, risk_of
from scicot.pure.checks.table import BY_ID, NEAR_DUPLICATE
from scicot.pure.shares import say_share
from scicot.services.questions.lookup import find_dataset_id, get_question, get_questions
from scicot.services.rationales.check_measures import measured_precisions
from scicot.services.rationales.own_answers import find_right, flag_disagreements
from scicot.services.rationales.room import find_room
from scicot.words.configs import RATIONALE_TOKENS
from scicot.words.records import Flag, StoredQuestion

BATCH = 200  # rationales a transaction


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a run of all checks over a dataset found."""

    rationales: int
    flagged: int
    by_check: Mapping[str, int]


def refresh_flags(session: Session, rationale_ids: Sequence[int]) -> None:
    """Check the current texts of these rationales again and keep what is found.

    Near-duplicates need the whole dataset: those found earlier stay with an unchanged text, and
    `run_checks` looks for new ones.
    """
    for some in chunks(rationale_ids):
        _refresh(session, some, {})


def run_checks(session: Session, dataset: str) -> CheckReport:
    """Check every rationale of a dataset and return how many flags each check set."""
    from scicot.pure.checks.neighbours import find_near_duplicates  # datasketch brings scipy along

    dataset_id = find_dataset_id(session, dataset)
    texts = dict(
        session.execute(
            select(RationaleRow.id, RevisionRow.text)
            .join(RationaleRow.current)
            .where(RationaleRow.dataset_id == dataset_id)
            .order_by(RationaleRow.id)
        ).all()
    )
    alike = {
        rationale_id: Flag(
            check=NEAR_DUPLICATE,
            severity=BY_ID[NEAR_DUPLICATE].severity,
            message=f"Says nearly the same as rationale {other} ({say_share(similarity, 0)}).",
        )
        for rationale_id, other, similarity in find_near_duplicates(texts)
    }
    ids = list(texts)
    by_check: Counter[str] = Counter()
    flagged = 0
    for some in chunks(ids):
        flags_by_id = _refresh(session, some, alike, look_for_alike=True)
        for flags in flags_by_id.values():
            by_check.update({flag.check for flag in flags})
            flagged += bool(flags)
    return CheckReport(
        len(ids), flagged, {check: by_check[check] for check in BY_ID if by_check[check]}
    )


def _refresh(
    session: Session,
    rationale_ids: Sequence[int],
    alike: Mapping[int, Flag],
    *,
    look_for_alike: bool = False,
) -> dict[int, list[Flag]]:
    rows = session.execute(
        select(
            RationaleRow.id,
            RationaleRow.question_id,
            RationaleRow.dataset_id,
            RationaleRow.revision_id,
            RationaleRow.origin,
            RationaleRow.source,
            RevisionRow.text,
        )
        .join(RationaleRow.current)
        .where(RationaleRow.id.in_(rationale_ids))
    ).all()
    questions = get_questions(session, {row.question_id for row in rows})
    against = flag_disagreements(session, rows, questions)
    right = find_right(session, rows, questions)
    stored_alike = {} if look_for_alike else _stored_alike(session, rationale_ids)
    room = find_room(session, {row.dataset_id for row in rows})
    flags_by_id = {}
    for row in rows:
        beside = against.get(row.id), alike.get(row.id) or stored_alike.get(row.revision_id)
        longest = room.get(row.dataset_id, RATIONALE_TOKENS)
        flags = find_flags(row.text, questions[row.question_id], longest)
        flags_by_id[row.id] = [*flags, *(flag for flag in beside if flag is not None)]
    with write(session):
        current = {
            row.id: row
            for row in session.scalars(
                select(RationaleRow).where(RationaleRow.id.in_(rationale_ids))
            )
        }
        for row in rows:
            # a text changed since it was read has had its flags written with the change
            current[row.id].own_answer_right = right.get(row.id)
            if current[row.id].revision_id == row.revision_id:
                _replace_flags(session, current[row.id], flags_by_id[row.id])
    return flags_by_id


def _stored_alike(session: Session, rationale_ids: Sequence[int]) -> dict[int, Flag]:
    rows = session.scalars(
        select(FlagRow).where(
            FlagRow.rationale_id.in_(rationale_ids), FlagRow.check_id == NEAR_DUPLICATE
        )
    )
    return {row.revision_id: _to_flag(row) for row in rows}


def rate_text(session: Session, rationale: RationaleRow, text: str) -> None:
    """Write the flags and risk of a rationale's new text; inside `write(session)`."""
    question = get_question(session, rationale.question_id)
    rate_texts(session, [(rationale, text)], {rationale.question_id: question})


def rate_texts(
    session: Session,
    changed: Sequence[tuple[RationaleRow, str]],
    questions: Mapping[int, StoredQuestion],
) -> None:
    """Write the flags and risk of many new texts; inside `write(session)`."""
    against = flag_disagreements(session, [rationale for rationale, _ in changed], questions)
    room = find_room(session, {rationale.dataset_id for rationale, _ in changed})
    for rationale, text in changed:
        longest = room.get(rationale.dataset_id, RATIONALE_TOKENS)
        flags = find_flags(text, questions[rationale.question_id], longest)
        if rationale.id in against:
            flags.append(against[rationale.id])
        _replace_flags(session, rationale, flags)


def _replace_flags(session: Session, rationale: RationaleRow, flags: Sequence[Flag]) -> None:
    session.execute(delete(FlagRow).where(FlagRow.rationale_id == rationale.id))
    rationale.risk = risk_of((flag.check for flag in flags), measured_precisions(rationale.source))
    if flags:
        session.execute(
            FlagRow.__table__.insert(),  # type: ignore[attr-defined]
            [
                {
                    "rationale_id": rationale.id,
                    "revision_id": rationale.revision_id,
                    "check_id": flag.check,
                    "severity": flag.severity,
                    "message": flag.message,
                    "start": flag.start,
                    "end": flag.end,
                    "suggestion": flag.suggestion,
                }
                for flag in flags
            ],
        )


def list_flags(session: Session, rationale_ids: Iterable[int]) -> dict[int, list[Flag]]:
    """Return the flags of these rationales' current texts, by rationale id, in check order."""
    rows = session.scalars(
        select(FlagRow).where(FlagRow.rationale_id.in_(list(rationale_ids))).order_by(FlagRow.id)
    )
    flags: dict[int, list[Flag]] = {}
    for row in rows:
        flags.setdefault(row.rationale_id, []).append(_to_flag(row))
    return flags


def _to_flag(row: FlagRow) -> Flag:
    return Flag(
        check=row.check_id,
        severity=row.severity,
        message=row.message,
        start=row.start,
        end=row.end,
        suggestion=row.suggestion,
    )
