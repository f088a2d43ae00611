"""The ledger's rows: planned, claimed before sending, settled once. All inside `write(session)`.

A completion goes pending -> in_flight -> settled. It is committed as in flight before its call is
sent, and a reply's body is committed before it is read; so whatever is killed when, an answer
that was paid for is either stored or known as `maybe_paid`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.base import Base
from db.models import AttemptRow, CompletionRow, RunCompletionRow, RunRow
from scicot.adapters.clock import utc_now
from scicot.pure.replies import read_reply
from scicot.services.runs import LOST_AFTER
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
class CallSettings:
    """What, beside question and prompt, makes two calls the same call."""

    model: str
    parameters_hash: str
    prompt_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One answer that a run needs."""

    question_id: int
    sample: int
    prompt_hash: str
    prompt_characters: int


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


def plan_calls(
    session: Session, run_id: int, settings: CallSettings, planned: Sequence[PlannedCall]
) -> None:
    """Add what is missing as pending, and note everything as needed by the run."""
    rows = [
        {
            "question_id": call.question_id,
            "run_id": run_id,
            "prompt_id": settings.prompt_id,
            "prompt_hash": call.prompt_hash,
            "model": settings.model,
            "parameters_hash": settings.parameters_hash,
            "sample": call.sample,
            "state": CompletionState.PENDING,
            "prompt_characters": call.prompt_characters,
        }
        for call in planned
    ]
    _insert_missing(session, CompletionRow, rows)
    wanted = {(call.question_id, call.sample, call.prompt_hash) for call in planned}
    found = session.execute(
        select(
            CompletionRow.id,
            CompletionRow.question_id,
            CompletionRow.sample,
            CompletionRow.prompt_hash,
        ).where(
            CompletionRow.question_id.in_({call.question_id for call in planned}),
            CompletionRow.model == settings.model,
            CompletionRow.parameters_hash == settings.parameters_hash,
        )
    )
    links = [
        {"run_id": run_id, "completion_id": row_id}
        for row_id, *key in found
        if tuple(key) in wanted
    ]
    _insert_missing(session, RunCompletionRow, links)


def _insert_missing(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    statement: Any = sqlite.insert(table) if on_sqlite else postgresql.insert(table)
    session.execute(statement.on_conflict_do_nothing(), list(rows))


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


def reopen_calls(session: Session, run_id: int, states: Sequence[CompletionState]) -> int:
    """Make the run's completions in these states pending again and return how many they were."""
    of_run = select(RunCompletionRow.completion_id).where(RunCompletionRow.run_id == run_id)
    reopened = session.execute(
        update(CompletionRow)
        .where(CompletionRow.id.in_(of_run), CompletionRow.state.in_(states))
        .values(state=CompletionState.PENDING, reason=None)
    )
    return int(reopened.rowcount)  # type: ignore[attr-defined]


def abandoned_calls(session: Session, run_id: int) -> list[Claim]:
    """Return the run's calls in flight whose worker is gone; those of a batch are not."""
    alive = select(RunRow.worker).where(
        RunRow.worker.is_not(None), RunRow.heartbeat_at > _lost_before(utc_now())
    )
    rows = session.execute(
        select(CompletionRow.id, AttemptRow.id, AttemptRow.number)
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .join(
            AttemptRow,
            (AttemptRow.completion_id == CompletionRow.id)
            & (AttemptRow.number == CompletionRow.attempts),
        )
        .where(
            RunCompletionRow.run_id == run_id,
            CompletionRow.state == CompletionState.IN_FLIGHT,
            CompletionRow.worker.not_in(alive),
            AttemptRow.batch_id.is_(None),
        )
    )
    return [Claim(*row) for row in rows]


def _lost_before(now: datetime) -> datetime:
    return now - LOST_AFTER


def read_stored_reply(session: Session, claim: Claim) -> Answer:
    """Return what an abandoned call came to: its stored body read, or `maybe_paid`."""
    body = session.scalar(
        select(CompletionRow.raw_body).where(CompletionRow.id == claim.completion_id)
    )
    if body is None:
        return Answer(AttemptOutcome.MAYBE_PAID, reason="The worker ended before the answer came")
    return read_reply(Reply(200, body))
