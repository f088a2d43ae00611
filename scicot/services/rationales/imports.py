"""Imports of rationales: matched to their questions, all or nothing, once, then checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ImportRow, RationaleRow, RevisionRow
from db.rows import chunks
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.sources.written_columns import RATIONALE_COLUMNS
from scicot.adapters.sources.written_rows import WrittenRow, read_written
from scicot.pure.hashing import content_hash
from scicot.services.questions.imports import RejectedRow
from scicot.services.questions.matching import Matcher
from scicot.services.rationales.checks import refresh_flags
from scicot.services.rationales.revisions import NewRationale, add_rationales
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Origin, RationaleStatus, Split

RATIONALE_FIELDS = tuple(RATIONALE_COLUMNS)  # that a mapping may name
STATUSES = (RationaleStatus.UNREVIEWED, RationaleStatus.ACCEPTED)


@dataclass(frozen=True, slots=True)
class RationaleSource:
    """Where rationales come from: what it is called, who wrote them, and with which prompt.

    `status` is what they come in as; None: a teacher's unreviewed, a person's accepted.
    """

    name: str
    origin: Origin = Origin.HUMAN
    status: RationaleStatus | None = None
    model: str = ""
    prompt_note: str = ""
    split: Split | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)

    @property
    def entry_status(self) -> RationaleStatus:
        """The status the rationales come in as."""
        human = self.origin is Origin.HUMAN
        return self.status or (RationaleStatus.ACCEPTED if human else RationaleStatus.UNREVIEWED)


@dataclass(frozen=True, slots=True)
class RationaleImport:
    """What an import of rationales did; `unmatched` lists the rows that name no question.

    `without_text` lists the replies that hold no rationale: thinking without an end, a refusal.
    """

    added: int
    already_there: int
    unmatched: Sequence[RejectedRow]
    status: RationaleStatus
    differing: int = 0  # already there with another text, which was kept
    without_text: Sequence[RejectedRow] = ()


@needs(Action.IMPORT)
def import_rationales(
    session: Session, actor: Actor, path: Path, *, dataset: str, source: RationaleSource
) -> RationaleImport:
    """Import rationales by question id or text, several a question as samples, and check them.

    `dataset` may be a prefix of several (`arc` for `arc-easy` and `arc-challenge`). All or
    nothing: a row without a text writes nothing; a sample that a source has already is kept as it
    is. Rows that match no question are listed.
    """
    if not source.name.strip():
        raise InvalidInput("The source has no name. Give it one, for instance 'worldtree'.")
    if source.entry_status not in STATUSES or source.origin is Origin.STUDENT:
        raise InvalidInput(
            "Rationales come in from a teacher or a human, unreviewed or accepted. Choose those."
        )
    matched, unmatched, without_text, digest = _match(session, path, dataset, source)
    with write(session):
        there = _texts_there(session, source, [new.question_id for new in matched])
        fresh = [new for new in matched if (new.question_id, new.sample) not in there]
        differing = sum(
            there[new.question_id, new.sample] != new.text
            for new in matched
            if (new.question_id, new.sample) in there
        )
        brought = ImportRow(
            kind="rationales",
            source_name=path.name[:500],
            content_hash=digest,
            target=f"{dataset}: {source.name}"[:200],
            actor=actor.name,
            created_at=utc_now(),
            result={
                "added": len(fresh),
                "already_there": len(matched) - len(fresh),
                "unmatched": len(unmatched),
                "origin": source.origin,
                "model": source.model,
                "prompt_note": source.prompt_note,
            },
        )
        session.add(brought)
        session.flush()
        ids = add_rationales(
            session,
            actor,
            fresh,
            origin=source.origin,
            source=source.name,
            status=source.entry_status,
            import_id=brought.id,
        )
    refresh_flags(session, ids)
    already_there = len(matched) - len(fresh)
    return RationaleImport(
        len(fresh), already_there, unmatched, source.entry_status, differing, without_text
    )


def _match(
    session: Session, path: Path, dataset: str, source: RationaleSource
) -> tuple[list[NewRationale], list[RejectedRow], list[RejectedRow], str]:
    """Return rationales with their questions, rows without one, without a text, the file's hash."""
    matcher = Matcher(session, dataset, source.split)
    matched: list[NewRationale] = []
    unmatched: list[RejectedRow] = []
    without_text: list[RejectedRow] = []
    samples: dict[int, int] = {}
    lines = []
    for number, row in read_written(path, "rationale", source.mapping):
        if isinstance(row, InvalidInput):
            raise row
        lines.append([row.external_id or row.question, row.text])
        if row.why:
            without_text.append(RejectedRow(number, row.why))
            continue
        question_id = _find(matcher, row, number, unmatched)
        if question_id is None:
            continue
        following = samples.get(question_id, 0)
        sample = following if row.sample is None else row.sample
        samples[question_id] = max(following, sample + 1)
        matched.append(NewRationale(question_id, row.text, sample))
    pairs = {(new.question_id, new.sample) for new in matched}
    if len(pairs) < len(matched):
        raise InvalidInput(
            f"{path.name}: a question has two rationales with the same sample number. Number "
            "them anew, or leave the column out."
        )
    return matched, unmatched, without_text, content_hash(lines)


def _find(
    matcher: Matcher, row: WrittenRow, number: int, unmatched: list[RejectedRow]
) -> int | None:
    try:
        return matcher.find(row.external_id, row.question, row.split, row.passage)
    except InvalidInput as error:
        unmatched.append(RejectedRow(number, f"{row.where}: {error}"))
        return None


def _texts_there(
    session: Session, source: RationaleSource, question_ids: Sequence[int]
) -> dict[tuple[int, int], str]:
    """Return what the source wrote already, by question and sample."""
    there: dict[tuple[int, int], str] = {}
    for some in chunks(question_ids):
        rows = session.execute(
            select(RationaleRow.question_id, RationaleRow.sample, RevisionRow.text)
            .join(RevisionRow, RevisionRow.rationale_id == RationaleRow.id)
            .where(
                RationaleRow.question_id.in_(some),
                RationaleRow.origin == source.origin,
                RationaleRow.source == source.name,
                RevisionRow.number == 1,
            )
        )
        there |= {(key, sample): text for key, sample, text in rows}
    return there


def add_supports(
    session: Session, actor: Actor, source: str, texts: Sequence[tuple[int, str]]
) -> int:
    """Add explanations that came with their questions as human rationales; return how many.

    To be called inside the caller's `write(session)`.
    """
    own = RationaleSource(source)
    there = _texts_there(session, own, [question_id for question_id, _ in texts])
    fresh = [
        NewRationale(question_id, text, 0)
        for question_id, text in texts
        if (question_id, 0) not in there
    ]
    status = own.entry_status
    add_rationales(session, actor, fresh, origin=own.origin, source=source, status=status)
    return len(fresh)
