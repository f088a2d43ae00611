"""What must be true of the database whatever was killed when; `doctor` and the tests look."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.orm import Session, aliased

from db.models import AttemptRow, CompletionRow, RationaleRow, RevisionRow
from scicot.words.records import HAS_TEXT, CompletionState
from scicot.words.teaching import PAID, AttemptOutcome


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be: what, and of how many rows."""

    what: str
    rows: int


def find_violations(session: Session) -> list[Violation]:
    """Return everything that contradicts the rules of the tables; empty when all is well."""
    return _check_file(session) + find_broken_rules(session)


def find_broken_rules(session: Session) -> list[Violation]:
    """Return which of our own rules rows break, without a look at the file itself."""
    broken = []
    for what, query in _RULES.items():
        rows = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        if rows:
            broken.append(Violation(what, rows))
    return broken


def _check_file(session: Session) -> list[Violation]:
    """Return what SQLite itself finds wrong: pages, indexes, references into nothing."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    damaged = [row for row in session.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
    dangling = session.execute(text("PRAGMA foreign_key_check")).all()
    broken = []
    if damaged:
        broken.append(Violation(f"The database file is damaged: {damaged[0][0]}", len(damaged)))
    if dangling:
        broken.append(Violation(f"Rows of '{dangling[0][0]}' point at nothing", len(dangling)))
    return broken


def _attempts_of(*outcomes: AttemptOutcome) -> Select[int]:
    return select(AttemptRow.completion_id).where(AttemptRow.outcome.in_(outcomes))


_COUNTED = (
    select(CompletionRow.id)
    .join(AttemptRow, AttemptRow.completion_id == CompletionRow.id, isouter=True)
    .group_by(CompletionRow.id)
    .having(func.count(AttemptRow.id) != func.max(CompletionRow.attempts))
)
_EARLIER = aliased(AttemptRow)
_GOT = (AttemptOutcome.STORED, AttemptOutcome.TRUNCATED)
# Asked for again while nobody knew what had become of the first call, both may come in the end;
# wrong is only a call that was sent when the answer lay there.
_BOUGHT_TWICE = (
    select(AttemptRow.completion_id)
    .join(_EARLIER, _EARLIER.completion_id == AttemptRow.completion_id)
    .where(
        AttemptRow.outcome.in_(_GOT),
        _EARLIER.outcome.in_(_GOT),
        _EARLIER.id != AttemptRow.id,
        AttemptRow.sent_at > _EARLIER.finished_at,
    )
    .distinct()
)
_TEXT_LOST = select(CompletionRow.id).where(
    CompletionRow.state.in_(HAS_TEXT),
    CompletionRow.text.is_(None) | CompletionRow.raw_body.is_(None),
)
_NOT_PAID_FOR = select(CompletionRow.id).where(
    CompletionRow.state.in_(HAS_TEXT), CompletionRow.id.not_in(_attempts_of(*PAID))
)
_ANSWER_LOST = select(CompletionRow.id).where(
    CompletionRow.state.not_in(HAS_TEXT),
    CompletionRow.id.in_(_attempts_of(AttemptOutcome.STORED, AttemptOutcome.TRUNCATED)),
)
_OPEN_WITHOUT_CALL = select(AttemptRow.id).where(
    AttemptRow.outcome.is_(None),
    AttemptRow.completion_id.not_in(
        select(CompletionRow.id).where(CompletionRow.state == CompletionState.IN_FLIGHT)
    ),
)
_OTHER_TEXT = (
    select(RationaleRow.id)
    .join(CompletionRow, CompletionRow.id == RationaleRow.completion_id)
    .join(RevisionRow, and_(RevisionRow.rationale_id == RationaleRow.id, RevisionRow.number == 1))
    .where(RevisionRow.text != CompletionRow.text)
)
_GAPS = (
    select(RevisionRow.rationale_id)
    .group_by(RevisionRow.rationale_id)
    .having(func.max(RevisionRow.number) != func.count())
)
_NO_CURRENT = (
    select(RationaleRow.id)
    .join(
        RevisionRow,
        and_(
            RevisionRow.id == RationaleRow.revision_id,
            RevisionRow.rationale_id == RationaleRow.id,
        ),
        isouter=True,
    )
    .where(RevisionRow.id.is_(None))
)
_RULES: dict[str, Select[int]] = {
    "A completion's attempts are not all in the ledger": _COUNTED,
    "An answer was bought twice": _BOUGHT_TWICE,
    "A stored completion lost its text or its raw body": _TEXT_LOST,
    "A stored completion has no paid attempt": _NOT_PAID_FOR,
    "A paid answer is not stored": _ANSWER_LOST,
    "An attempt is open whose call is not in flight": _OPEN_WITHOUT_CALL,
    "A teacher's rationale does not begin with the completion's text": _OTHER_TEXT,
    "A rationale's revisions are not numbered without gaps": _GAPS,
    "A rationale's current revision is missing": _NO_CURRENT,
}
