"""The ledger's rows: planned, claimed before sending, settled once. All inside `write(session)`.

A completion goes pending -> in_flight -> settled. It is committed as in flight before its call is
sent, and a reply's body is committed before it is read; so whatever is killed when, an answer
that was paid for is either stored or known as `maybe_paid`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RunRow
from scicot.adapters.clock import utc_now
from scicot.pure.teacher.error_texts import storable
from scicot.words.records import CompletionState
from scicot.words.teaching import PAID, Answer, AttemptOutcome, Reply

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
OPEN_STATES = (CompletionState.PENDING, CompletionState.IN_FLIGHT, CompletionState.MAYBE_PAID)
MAX_DETAIL = 2000


# (session, completion id, text): takes a text in the transaction that settles its completion
TakeText = Callable[[Session, int, str], None]


# These run several times a call. Built once, on the tables themselves, they cost a third of what
# the same statements cost through the mapped classes.
_COMPLETION: Table = CompletionRow.__table__  # type: ignore[assignment]
_ATTEMPT: Table = AttemptRow.__table__  # type: ignore[assignment]
_RUN: Table = RunRow.__table__  # type: ignore[assignment]
_THIS = _COMPLETION.c.id == bindparam("this_id")
_MAY_SEND = (
    select(_RUN.c.id)
    .where(
        _RUN.c.id == bindparam("this_run"),
        _RUN.c.worker == bindparam("this_worker"),
        _RUN.c.cancel_requested.is_(False),
    )
    .exists()
)
_CLAIM = (
    update(_COMPLETION)
    .where(_THIS, _COMPLETION.c.state == CompletionState.PENDING, _MAY_SEND)
    .values(
        state=CompletionState.IN_FLIGHT,
        worker=bindparam("this_worker"),
        attempts=_COMPLETION.c.attempts + 1,
        raw_body=None,
        reason=None,
        sent_at=bindparam("now"),
    )
    .returning(_COMPLETION.c.attempts)
)
_CAN_SEND = select(_MAY_SEND)
_OPEN_ATTEMPT = insert(_ATTEMPT).returning(_ATTEMPT.c.id)
_KEEP_BODY = (
    update(_COMPLETION)
    .where(_THIS, _COMPLETION.c.state.in_(OPEN_STATES))
    .values(raw_body=bindparam("body"))
)
_KEEP_STATUS = (
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == bindparam("this_id"))
    .values(http_status=bindparam("status"), detail=bindparam("said"))
)
_CLOSE_ATTEMPT = (
    update(_ATTEMPT)
    .where(
        _ATTEMPT.c.id == bindparam("this_id"),
        _ATTEMPT.c.outcome.is_(None) | (_ATTEMPT.c.outcome == AttemptOutcome.MAYBE_PAID),
    )
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("finished_at", "outcome", "prompt_tokens", "completion_tokens", "cost_usd")
        }
    )
)
_LEAVE = ("state", "worker", "reason", "finished_at")
_SETTLE_UNPAID = (
    update(_COMPLETION)
    .where(
        _THIS,
        _COMPLETION.c.state == CompletionState.IN_FLIGHT,
        # a newer attempt is nobody else's to close
        _COMPLETION.c.attempts == bindparam("this_attempt"),
    )
    .values({name: bindparam(f"new_{name}") for name in _LEAVE})
)
_SETTLE_PAID = (
    update(_COMPLETION)
    .where(_THIS, _COMPLETION.c.state.in_(OPEN_STATES))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                *_LEAVE,
                "text",
                "finish_reason",
                "prompt_tokens",
                "completion_tokens",
                "cost_usd",
            )
        }
    )
)


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
    now = utc_now()
    connection = session.connection()
    this = {"this_id": completion_id, "this_run": run_id, "this_worker": worker, "now": now}
    number = connection.execute(_CLAIM, this).scalar()
    if number is None:
        may_send = connection.execute(_CAN_SEND, this).scalar()
        return NotClaimed.TAKEN if may_send else NotClaimed.STOPPED
    attempt_id = connection.execute(
        _OPEN_ATTEMPT,
        {
            "completion_id": completion_id,
            "run_id": run_id,
            "batch_id": batch_id,
            "number": number,
            "sent_at": now,
        },
    ).scalar_one()
    return Claim(completion_id, attempt_id, number)


def store_reply(session: Session, claim: Claim, reply: Reply) -> None:
    """Keep the reply as it came, before anybody reads it."""
    connection = session.connection()
    said = None if reply.status == 200 else storable(reply.body)[:MAX_DETAIL]
    connection.execute(
        _KEEP_STATUS, {"this_id": claim.attempt_id, "status": reply.status, "said": said}
    )
    if reply.status == 200:
        connection.execute(
            _KEEP_BODY, {"this_id": claim.completion_id, "body": storable(reply.body)}
        )


def settle_call(
    session: Session,
    claim: Claim,
    answer: Answer,
    *,
    cost_usd: float | None,
    again: bool = False,
) -> str | None:
    """Close the attempt, bring the completion to where the answer leaves it, return a new text.

    `again` says that another attempt follows: the completion goes back to pending. A late answer
    also settles a completion that was given up as `maybe_paid`; one that is settled already keeps
    its text.
    """
    connection = session.connection()
    now = utc_now()
    spent = {
        "new_prompt_tokens": answer.prompt_tokens,
        "new_completion_tokens": answer.completion_tokens,
        "new_cost_usd": cost_usd,
        "new_finished_at": now,
    }
    attempt = {"this_id": claim.attempt_id, "new_outcome": answer.outcome, **spent}
    if not connection.execute(_CLOSE_ATTEMPT, attempt).rowcount:
        return None
    left = {
        "this_id": claim.completion_id,
        "new_state": CompletionState.PENDING if again else SETTLED[answer.outcome],
        "new_worker": None,
        "new_reason": (answer.reason or "")[:300] or None,
        "new_finished_at": now,
    }
    if answer.outcome not in PAID:
        connection.execute(_SETTLE_UNPAID, left | {"this_attempt": claim.number})
        return None
    kept = {"new_text": answer.text, "new_finish_reason": answer.finish_reason}
    settled = connection.execute(_SETTLE_PAID, left | spent | kept)
    return (answer.text or None) if settled.rowcount else None
