"""Which completions a run needs, which it may ask for again, and which were left in flight."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RunCompletionRow, RunRow
from db.rows import changed_rows, insert_or_keep
from scicot.adapters.clock import utc_now
from scicot.pure.hashing import content_hash
from scicot.pure.teacher.replies import read_reply
from scicot.services.runs.lost import CLOCKS_DIFFER, LOST_AFTER
from scicot.services.teacher.ledger.entries import Claim
from scicot.words.records import HAS_TEXT, CompletionState, RunKind
from scicot.words.teaching import Answer, AttemptOutcome, Reply

CallKey = tuple[int, str, int]  # question id, prompt hash, sample
IDS_AT_ONCE = 500  # SQLite takes so many parameters, not any number


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What, beside question and prompt, makes two calls the same call.

    A whole answer stays one under a higher limit: raising `max_tokens` buys none again.
    """

    model: str
    base_url: str | None
    temperature: float
    max_tokens: int
    prompt_id: int | None = None
    phase: str = ""  # a later call of the same run, about an earlier one's answer

    @property
    def parameters_hash(self) -> str:
        """The parameters' part of the ledger's key."""
        return self.hash_with(self.max_tokens)

    def hash_with(self, max_tokens: int) -> str:
        """Return the hash that the same call has with another limit."""
        parameters = {
            "base_url": self.base_url,
            "temperature": self.temperature,
            "max_tokens": max_tokens,
        }
        return content_hash(parameters | ({"phase": self.phase} if self.phase else {}))


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
    there = find_answered(session, settings, {call.question_id for call in planned})
    keys = {(call.question_id, call.prompt_hash, call.sample) for call in planned}
    new = [
        row for row in rows if (row["question_id"], row["prompt_hash"], row["sample"]) not in there
    ]
    insert_or_keep(session, CompletionRow, new)
    own = session.execute(
        select(
            CompletionRow.id,
            CompletionRow.question_id,
            CompletionRow.prompt_hash,
            CompletionRow.sample,
        ).where(
            CompletionRow.question_id.in_({call.question_id for call in planned}),
            CompletionRow.model == settings.model,
            CompletionRow.parameters_hash == settings.parameters_hash,
        )
    )
    ids = {(question_id, digest, sample): row_id for row_id, question_id, digest, sample in own}
    chosen = {key: row_id for key, row_id in (ids | there).items() if key in keys}
    links = [{"run_id": run_id, "completion_id": row_id} for row_id in chosen.values()]
    insert_or_keep(session, RunCompletionRow, links)


def find_answered(
    session: Session, settings: CallSettings, question_ids: Collection[int]
) -> dict[CallKey, int]:
    """Return the completions that need no call, by question, prompt and sample.

    These are answers under the same limit, and whole ones under a lower limit.
    """
    limits = known_limits(session) | {settings.max_tokens}
    by_hash = {settings.hash_with(limit): limit for limit in limits}
    answered: dict[CallKey, int] = {}
    listed = list(question_ids)
    for start in range(0, len(listed), IDS_AT_ONCE):
        rows = session.execute(
            select(
                CompletionRow.id,
                CompletionRow.question_id,
                CompletionRow.prompt_hash,
                CompletionRow.sample,
                CompletionRow.state,
                CompletionRow.parameters_hash,
            )
            .where(
                CompletionRow.question_id.in_(listed[start : start + IDS_AT_ONCE]),
                CompletionRow.model == settings.model,
                CompletionRow.parameters_hash.in_(by_hash),
                CompletionRow.state.in_(HAS_TEXT),
            )
            .order_by(CompletionRow.id.desc())
        )
        # of several the one under this very limit counts, else the oldest
        for row in sorted(rows, key=lambda row: row.parameters_hash == settings.parameters_hash):
            is_whole = row.state is CompletionState.STORED
            is_own = row.parameters_hash == settings.parameters_hash
            if is_own or (is_whole and by_hash[row.parameters_hash] < settings.max_tokens):
                answered[row.question_id, row.prompt_hash, row.sample] = row.id
    return answered


def known_limits(session: Session) -> set[int]:
    """Return every longest answer that a run of this database was ever asked for."""
    limit = RunRow.config["max_tokens"].as_integer()
    kinds = (RunKind.GENERATE, RunKind.FEW_SHOT, RunKind.LESSON)
    rows = session.scalars(select(limit).where(RunRow.kind.in_(kinds)).distinct())
    return {value for value in rows if value is not None}


def reopen_calls(
    session: Session,
    run_id: int,
    states: Sequence[CompletionState],
    parameters: Collection[str] | None = None,
) -> int:
    """Make the run's completions in these states pending again and return how many they were.

    With `parameters` (hashes) only those that are asked with them.
    """
    of_run = select(RunCompletionRow.completion_id).where(RunCompletionRow.run_id == run_id)
    wanted = [CompletionRow.id.in_(of_run), CompletionRow.state.in_(states)]
    if parameters is not None:
        wanted.append(CompletionRow.parameters_hash.in_(parameters))
    reopened = session.execute(
        update(CompletionRow)
        .where(*wanted)
        .values(state=CompletionState.PENDING, reason=None, shared_with_id=None)
    )
    return changed_rows(reopened)


def abandoned_calls(session: Session, run_id: int) -> list[Claim]:
    """Return the run's calls in flight whose worker is gone; those of a batch are not."""
    now = utc_now()
    # one last heard of in a time to come was heard by a clock that was put back
    speaks = RunRow.heartbeat_at.between(now - LOST_AFTER, now + CLOCKS_DIFFER)
    alive = select(RunRow.worker).where(RunRow.worker.is_not(None), speaks)
    rows = session.execute(_in_flight(run_id).where(CompletionRow.worker.not_in(alive)))
    return [Claim(*row) for row in rows]


def count_in_flight(session: Session, run_id: int) -> int:
    """Return how many of the run's calls are in flight, whoever asks; those of a batch are not."""
    return session.scalar(select(func.count()).select_from(_in_flight(run_id).subquery())) or 0


def _in_flight(run_id: int) -> Select[int, int, int]:
    """Return the query of (completion, last attempt, its number) of what a run waits for."""
    return (
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
            AttemptRow.batch_id.is_(None),
        )
    )


def read_stored_reply(session: Session, claim: Claim) -> Answer:
    """Return what an abandoned call came to: its stored body read, or `maybe_paid`."""
    body = session.scalar(
        select(CompletionRow.raw_body).where(CompletionRow.id == claim.completion_id)
    )
    if body is None:
        return Answer(AttemptOutcome.MAYBE_PAID, reason="The worker ended before the answer came")
    return read_reply(Reply(200, body))
