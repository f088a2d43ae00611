"""The ledger's side of a batch: which calls it holds, how they are settled, how it stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import AttemptRow, BatchRow
from db.session import write
from scicot.pure.teacher.pricing import BATCH_DISCOUNT, call_cost
from scicot.services.runs.context import RunContext
from scicot.services.teacher.job import TeacherJob, settle
from scicot.services.teacher.ledger.entries import Claim
from scicot.words.teaching import Answer, AttemptOutcome

MAX_ATTEMPTS = 3  # of one call that fails alone


def settle_batched(
    session: Session,
    job: TeacherJob,
    claim: Claim,
    answer: Answer,
    *,
    always_again: bool = False,
) -> None:
    """Settle a call of a batch: at half the price, to be sent again alone if it may succeed."""
    cost = call_cost(job.price, answer.prompt_tokens, answer.completion_tokens)
    unpaid = answer.outcome.is_retryable or answer.outcome in (
        AttemptOutcome.DENIED,
        AttemptOutcome.REJECTED,
    )
    settle(
        session,
        job=job,
        claim=claim,
        answer=answer,
        cost_usd=0.0 if unpaid else None if cost is None else cost * BATCH_DISCOUNT,
        again=answer.outcome.is_retryable and (always_again or claim.number < MAX_ATTEMPTS),
    )


def open_claims(context: RunContext, batch_id: int) -> dict[str, Claim]:
    """Return the batch's calls without a result, by `custom_id`."""
    with context.session() as session:
        rows = session.execute(
            select(AttemptRow.id, AttemptRow.completion_id, AttemptRow.number).where(
                AttemptRow.batch_id == batch_id, AttemptRow.outcome.is_(None)
            )
        )
        return {f"attempt-{row.id}": Claim(row.completion_id, row.id, row.number) for row in rows}


def note_batch(context: RunContext, batch_id: int, **values: Any) -> None:
    """Write down how a batch stands, at once."""
    with context.session() as session, write(session):
        session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(**values))
