"""The review desk: carries out what a reviewer pressed, in order, and says what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow
from scicot.pure.hashing import content_hash
from scicot.services.rationales.checks import list_flags
from scicot.services.review.drafts import save_draft
from scicot.services.review.figures import count_reasons, pace_of
from scicot.services.review.items import load_item, load_items
from scicot.services.review.queue import next_items
from scicot.services.review.second_readings import read_again
from scicot.services.review.undo import undo
from scicot.services.review.verdicts import Decision, decide, revision_after
from scicot.services.system.failures import tell
from scicot.words.errors import DatabaseBusy, DecidedMeanwhile, SciCotError, StaleRevision
from scicot.words.records import Actor, Flag, RationaleStatus
from scicot.words.review_operations import (
    PROTOCOL,
    Decide,
    KeepDraft,
    LookUp,
    Operation,
    ReadAgain,
    Undo,
    read_operation,
)
from scicot.words.reviewing import QueueFilter, ReviewItem

OTHER_PROTOCOL = "The app was renewed while this page was open. Reload it and press again."


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one operation.

    `items` are rationales that an undo brought back; `conflict` is the rationale as it stands when
    the operation was based on an older text; `busy` means: nothing was written, send it again.
    `looked_at` is the rationale that the page is to show below the card.
    """

    revision_id: int | None = None
    flags: Sequence[Flag] | None = None
    items: Sequence[ReviewItem] = ()
    conflict: ReviewItem | None = None
    error: str | None = None
    busy: bool = False
    looked_at: int | None = None


class ReviewDesk:
    """One reviewer at work in one session."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor

    def next_items(
        self, wanted: QueueFilter, *, size: int, have: Sequence[int], first: int | None
    ) -> list[ReviewItem]:
        """Return the next rationales of the queue that are not held already."""
        return next_items(self.session, self.actor, wanted, size=size, have=have, first=first)

    def scope(self, dataset: str) -> str:
        """Return a name for this reviewer's work on this dataset, unlike any other database's."""
        born = self.session.scalar(select(DatasetRow.created_at).where(DatasetRow.name == dataset))
        return content_hash([dataset, str(born), self.actor.name])[:16]

    def reasons(self, dataset: str) -> list[tuple[str, int]]:
        """Return the reasons to reject, by digit, with how often each was given."""
        return count_reasons(self.session, dataset)

    def pace(self, dataset: str) -> str:
        """Return how fast this reviewer is and what is left, for their own eyes."""
        return pace_of(self.session, self.actor, dataset)

    def carry_out(
        self, operations: Sequence[Mapping[str, Any]], *, protocol: int = PROTOCOL
    ) -> dict[str, Answer]:
        """Carry out operations in order; a busy database stops there, the rest comes again.

        Whatever is wrong with one of them answers that one, and the next is carried out.
        """
        answers: dict[str, Answer] = {}
        for raw in operations:
            answer = self._answer(raw) if protocol == PROTOCOL else Answer(error=OTHER_PROTOCOL)
            answers[str(raw.get("op"))] = answer
            if answer.busy:
                break
        return answers

    def _answer(self, raw: Mapping[str, Any]) -> Answer:
        try:
            return self._judge(read_operation(raw))
        except DatabaseBusy as error:
            return Answer(error=str(error), busy=True)
        except SciCotError as error:
            self.session.rollback()  # PostgreSQL takes nothing more after a value it refused
            return Answer(error=str(error))
        except Exception as error:  # else the page would end here, and the card send it for ever
            self.session.rollback()
            return Answer(error=_say_unexpected(error))

    def _judge(self, operation: Operation) -> Answer:
        """Carry one out; where somebody else was first, the answer brings what stands there."""
        try:
            return self._carry_out(operation)
        except (StaleRevision, DecidedMeanwhile) as error:
            if not isinstance(operation, Decide | ReadAgain | KeepDraft):
                raise
            there = load_item(self.session, self.actor, operation.id)
            return Answer(error=str(error), conflict=there)

    def _carry_out(self, operation: Operation) -> Answer:
        match operation:
            case Decide():
                return self._decide(operation)
            case Undo():
                return self._undo(operation)
            case KeepDraft():
                revision_id = self._revision_read(operation)
                save_draft(self.session, self.actor, operation.id, revision_id, operation.text)
            case ReadAgain():
                read_again(
                    self.session,
                    self.actor,
                    operation.id,
                    operation.verdict,
                    operation.reason,
                    operation_id=operation.op,
                )
            case LookUp():
                return Answer(looked_at=operation.id)  # nothing is written
        return Answer()

    def _revision_read(self, operation: Decide | KeepDraft) -> int:
        """Return the revision on the screen: the one loaded, or what an earlier press left."""
        left = revision_after(self.session, operation.after) if operation.after else None
        return operation.revision if left is None else left

    def _decide(self, operation: Decide) -> Answer:
        done = decide(
            self.session,
            self.actor,
            operation.id,
            self._revision_read(operation),
            operation.verdict,
            operation.text,
            operation.reason,
            operation_id=operation.op,
            # an outbox of an earlier version does not say: it was fresh then
            seen=operation.status or RationaleStatus.UNREVIEWED,
            also=operation.also,
            first_wrong=operation.first_wrong,
        )
        flags = None
        if operation.text is not None:
            flags = list_flags(self.session, [done.rationale_id]).get(done.rationale_id, [])
        return Answer(revision_id=done.revision_id, flags=flags)

    def _undo(self, operation: Undo) -> Answer:
        taken: list[Decision] = undo(
            self.session, self.actor, operation.target, undo_id=operation.op
        )
        if not taken:
            return Answer(error="There is nothing left to undo.")
        touched = [decision.rationale_id for decision in taken[:20]]
        items = load_items(self.session, self.actor, touched, with_samples=True)
        by_question = {item.rationale.question_id: item for item in reversed(items)}
        # the verdict comes before the samples that it passed over: one of a question is shown
        return Answer(revision_id=taken[0].revision_id, items=list(reversed(by_question.values())))


def _say_unexpected(error: Exception) -> str:
    """Return a sentence with an id under which the log of errors has the whole."""
    told = tell(error)
    return (
        f"This press was not carried out: {type(error).__name__} (error {told.error_id}; the log "
        "of errors has the details). The rationale is as it was."
    )
