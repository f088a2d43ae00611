"""The ledger's rows: planned, claimed before sending, settled once. All inside `write(session)`.

A completion goes pending -> in_flight -> settled. It is committed as in flight before its call is
sent, and a reply's body is committed before it is read; so whatever is killed when, an answer
that was paid for is either stored or known as `maybe_paid`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RunRow
from scicot.adapters.clock import utc_now
from scicot.words.records import CompletionState
from scicot.words.teaching import Answer, AttemptOutcome, Reply

SETTLED = {
    AttemptOutcome.STORED: CompletionState.STORED,
    AttemptOutcome.TRUNCATED: CompletionState.TRUNCATED,
    AttemptOutcome.REFUSED: CompletionState.REFUSED,
    AttemptOutcome.INVALID: CompletionState.INVALID,
    AttemptOutcome.MAYBE_PAID: CompletionState.MAYBE_PAID,
    AttemptOutcome.REJECTED: CompletionState.FAILED,
    AttemptOutcome.RATE_LIMITED: CompletionState.FAILED,
    AttemptOutcome.UNAVAILABLE: CompletionState.FAILED,
    AttemptOutcome.UNREACHABLE: CompletionState.FAILED,
    AttemptOutcome.DENIED: CompletionState.PENDING,
}
PAID = (
    AttemptOutcome.STORED,
    AttemptOutcome.TRUNCATED,
    AttemptOutcome.REFUSED,
    AttemptOutcome.INVALID,
)
OPEN_STATES = (CompletionState.PENDING, CompletionState.IN_FLIGHT, CompletionState.MAYBE_PAID)
MAX_DETAIL = 2000
StoreText = Callable[[Session, int, str], None]  # (session, completion id, text)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one request now."""

    completion_id: int
    attempt_id: int
    number: int


class NotClaimed(StrEnum):
    """Why a request must not be sent."""

    TAKEN = "taken"  # another worker has it, or it is settled
    STOPPED = "stopped"  # the run was cancelled, or is another worker's now


def claim_call(
    session: Session, run_id: int, worker: str, completion_id: int, batch_id: int | None = None
) -> Claim | NotClaimed:
    """Mark a pending completion as in flight and open its attempt; commit before sending.

    The run's own row is looked at in the same transaction, so that nothing is sent after a
    cancel was committed.
    """
    run = session.execute(
        select(RunRow.cancel_requested, RunRow.worker).where(RunRow.id == run_id)
    ).one()
    if run.cancel_requested or run.worker != worker:
        return NotClaimed.STOPPED
    now = utc_now()
    claimed = session.execute(
        update(CompletionRow)
        .where(CompletionRow.id == completion_id, CompletionRow.state == CompletionState.PENDING)
        .values(
            state=CompletionState.IN_FLIGHT,
            worker=worker,
            attempts=CompletionRow.attempts + 1,
            raw_body=None,
            reason=None,
            sent_at=now,
        )
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return NotClaimed.TAKEN
    number = session.scalar(select(CompletionRow.attempts).where(CompletionRow.id == completion_id))
    attempt = AttemptRow(
        completion_id=completion_id,
        run_id=run_id,
        batch_id=batch_id,
        number=number or 1,
        sent_at=now,
    )
    session.add(attempt)
    session.flush()
    return Claim(completion_id, attempt.id, attempt.number)


def store_reply(session: Session, claim: Claim, reply: Reply) -> None:
    """Keep the reply as it came, before anybody reads it."""
    session.execute(
        update(AttemptRow)
        .where(AttemptRow.id == claim.attempt_id)
        .values(
            http_status=reply.status,
            detail=None if reply.status == 200 else reply.body[:MAX_DETAIL],
        )
    )
    if reply.status == 200:
        session.execute(
            update(CompletionRow)
            .where(CompletionRow.id == claim.completion_id, CompletionRow.state.in_(OPEN_STATES))
            .values(raw_body=reply.body)
        )


def settle_call(
    session: Session,
    claim: Claim,
    answer: Answer,
    *,
    cost_usd: float | None,
    store_text: StoreText,
    again: bool = False,
) -> None:
    """Close the attempt and bring the completion to where the answer leaves it.

    `again` says that another attempt follows: the completion goes back to pending. A late answer
    also settles a completion that was given up as `maybe_paid`; one that is settled already keeps
    its text.
    """
    now = utc_now()
    closed = session.execute(
        update(AttemptRow)
        .where(
            AttemptRow.id == claim.attempt_id,
            AttemptRow.outcome.is_(None) | (AttemptRow.outcome == AttemptOutcome.MAYBE_PAID),
        )
        .values(
            finished_at=now,
            outcome=answer.outcome,
            prompt_tokens=answer.prompt_tokens,
            completion_tokens=answer.completion_tokens,
            cost_usd=cost_usd,
        )
    )
    if not closed.rowcount:  # type: ignore[attr-defined]
        return
    paid = answer.outcome in PAID
    state = CompletionState.PENDING if again else SETTLED[answer.outcome]
    this_attempt = CompletionRow.attempts == claim.number  # a newer one is nobody else's to close
    open_still = (
        CompletionRow.state.in_(OPEN_STATES)
        if paid
        else (CompletionRow.state == CompletionState.IN_FLIGHT) & this_attempt
    )
    values: dict[str, Any] = {
        "state": state,
        "worker": None,
        "reason": (answer.reason or "")[:300] or None,
        "finished_at": now,
    }
    if paid:
        values |= {
            "text": answer.text,
            "finish_reason": answer.finish_reason,
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "cost_usd": cost_usd,
        }
    settled = session.execute(
        update(CompletionRow)
        .where(CompletionRow.id == claim.completion_id, open_still)
        .values(**values)
    )
    if settled.rowcount and answer.text:  # type: ignore[attr-defined]
        store_text(session, claim.completion_id, answer.text)
