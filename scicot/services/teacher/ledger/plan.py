"""Which completions a run needs, which it may ask for again, and which were left in flight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RunCompletionRow, RunRow
from db.rows import changed_rows, insert_or_keep
from scicot.adapters.clock import utc_now
from scicot.pure.teacher.replies import read_reply
from scicot.services.runs.runs import LOST_AFTER
from scicot.services.teacher.ledger.entries import Claim
from scicot.words.records import CompletionState
from scicot.words.teaching import Answer, AttemptOutcome, Reply


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
    insert_or_keep(session, CompletionRow, rows)
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
    insert_or_keep(session, RunCompletionRow, links)


def reopen_calls(session: Session, run_id: int, states: Sequence[CompletionState]) -> int:
    """Make the run's completions in these states pending again and return how many they were."""
    of_run = select(RunCompletionRow.completion_id).where(RunCompletionRow.run_id == run_id)
    reopened = session.execute(
        update(CompletionRow)
        .where(CompletionRow.id.in_(of_run), CompletionRow.state.in_(states))
        .values(state=CompletionState.PENDING, reason=None)
    )
    return changed_rows(reopened)


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
