"""Decisions that were made in Argilla or Label Studio, taken in as if made here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RationaleRow, RevisionRow
from scicot.adapters.sources.json_documents import is_document, read_document
from scicot.adapters.sources.jsonl import read_rows
from scicot.pure.hashing import content_hash
from scicot.pure.review.exchange import OutsideDecision, is_outside, read_outside
from scicot.services.review.file_imports import ReviewImport, import_reviews
from scicot.services.review.verdicts import decide
from scicot.words.errors import DecidedMeanwhile
from scicot.words.people import Action, needs
from scicot.words.records import Actor
from scicot.words.reviewing import STATUS_AFTER
from scicot.words.storage import expand


@needs(Action.IMPORT)
def import_decisions(session: Session, actor: Actor, path: Path) -> ReviewImport:
    """Take in a file of `review export`, of Argilla records or of Label Studio tasks.

    The whole file is read before the first decision is written. A decision on a text that has
    changed here since is left alone and counted as conflicting; the same file again adds nothing.
    """
    path = expand(path)
    decisions = _read(path)
    if decisions is None:
        return import_reviews(session, actor, path)
    counts = {"added": 0, "already_there": 0, "unmatched": 0, "conflicting": 0}
    for decision in decisions:
        counts[_take_in(session, actor, decision)] += 1
    return ReviewImport(**counts)


def _read(path: Path) -> Sequence[OutsideDecision] | None:
    """Return another tool's decisions, None for a file of our own."""
    rows = read_document(path) if is_document(path) else read_rows(path)
    decisions = []
    for place, (number, row) in enumerate(rows):
        if place == 0 and not (isinstance(row, dict) and is_outside(row)):
            return None
        decision = read_outside(row, f"{path.name}, row {number}")
        if decision is not None:
            decisions.append(decision)
    return decisions


def _take_in(session: Session, actor: Actor, decision: OutsideDecision) -> str:
    rationale = session.get(RationaleRow, decision.rationale_id)
    if rationale is None:
        return "unmatched"
    texts = select(RevisionRow.text).where(RevisionRow.rationale_id == rationale.id)
    first = session.scalar(texts.where(RevisionRow.number == 1))
    current = session.scalar(texts.where(RevisionRow.id == rationale.revision_id))
    if decision.judged != first:
        return "unmatched"
    after = decision.text if decision.text is not None else decision.judged
    if rationale.status is STATUS_AFTER[decision.verdict] and current == after:
        return "already_there"
    if current != decision.judged or rationale.revision_id is None:
        return "conflicting"
    reviewer = Actor(decision.reviewer[:100], actor.role)
    named = [rationale.id, decision.verdict.value, after, reviewer.name]
    try:  # it was unreviewed when it went out
        done = decide(
            session,
            reviewer,
            rationale.id,
            rationale.revision_id,
            decision.verdict,
            text=decision.text,
            operation_id=content_hash(named),
        )
    except DecidedMeanwhile:
        return "conflicting"
    return "already_there" if done.repeated else "added"
