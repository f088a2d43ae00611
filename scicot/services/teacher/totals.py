"""What a run's calls came to so far: counts, reasons, cost, pace, the last rationales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, QuestionRow, RationaleRow, RunCompletionRow
from scicot.adapters.clock import utc_now
from scicot.services.rationales.own_answers import asked_without_key
from scicot.words.records import APPROVED, HAS_TEXT, CompletionState
from scicot.words.teaching import AttemptOutcome

OPEN = (CompletionState.PENDING, CompletionState.IN_FLIGHT)
NOT_GOT = (
    CompletionState.FAILED,
    CompletionState.INVALID,
    CompletionState.REFUSED,
    CompletionState.MAYBE_PAID,
)
PACE_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RunTotals:
    """A teacher run in numbers: `calls` and `cost_usd` are its own, the rest is what it needs.

    `cost_usd` is None when the cost of a call is unknown; calls that may have been paid for
    (`maybe_paid_calls`) are not in it. `calls_needed` and `calls_waiting` count the teacher's own
    answers as well, the other counts are of rationales (of a baseline's answers).
    """

    questions: int
    stored: int
    failed: int
    waiting: int
    by_state: dict[str, int]
    calls_needed: int
    calls_waiting: int
    calls: int
    maybe_paid_calls: int
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many of a run's completions have no text for the same reason."""

    state: CompletionState
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class LatestText:
    """A completion as it came in."""

    external_id: str
    stem: str
    text: str
    state: CompletionState


@dataclass(frozen=True, slots=True)
class Pace:
    """Calls ended in the last minute, and the seconds left at that pace (None: no pace yet)."""

    calls_per_minute: int
    seconds_left: float | None


def run_totals(session: Session, run_id: int) -> RunTotals:
    """Return the run's totals, counted from the ledger."""
    rows = session.execute(
        select(asked_without_key(run_id).label("alone"), CompletionRow.state, func.count())
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(RunCompletionRow.run_id == run_id)
        .group_by("alone", CompletionRow.state)
    ).all()
    states = {state: count for alone, state, count in rows if not alone}
    questions = session.scalar(
        select(func.count(func.distinct(CompletionRow.question_id)))
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(RunCompletionRow.run_id == run_id)
    )
    calls, maybe_paid, cost = _count_attempts(session, run_id)
    return RunTotals(
        questions=questions or 0,
        stored=sum(states.get(state, 0) for state in HAS_TEXT),
        failed=sum(states.get(state, 0) for state in NOT_GOT),
        waiting=sum(states.get(state, 0) for state in OPEN),
        by_state={state.value: states[state] for state in CompletionState if state in states},
        calls_needed=sum(count for *_, count in rows),
        calls_waiting=sum(count for _, state, count in rows if state in OPEN),
        calls=calls,
        maybe_paid_calls=maybe_paid,
        cost_usd=cost,
    )


def _count_attempts(session: Session, run_id: int) -> tuple[int, int, float | None]:
    """Return (calls sent, calls maybe paid, USD or None when a call's cost is unknown)."""
    calls = maybe_paid = 0
    cost: float | None = 0.0
    for outcome, count, priced, usd in session.execute(
        select(
            AttemptRow.outcome,
            func.count(),
            func.count(AttemptRow.cost_usd),
            func.sum(AttemptRow.cost_usd),
        )
        .where(AttemptRow.run_id == run_id)
        .group_by(AttemptRow.outcome)
    ):
        if outcome is not AttemptOutcome.UNREACHABLE:
            calls += count
        if outcome is AttemptOutcome.MAYBE_PAID:
            maybe_paid = count
        elif outcome is not None:
            cost = cost + (usd or 0.0) if cost is not None and count == priced else None
    return calls, maybe_paid, cost


def list_reasons(session: Session, run_id: int) -> list[ReasonCount]:
    """Return why completions of the run have no text, the most frequent reason first."""
    rows = session.execute(
        select(CompletionRow.state, CompletionRow.reason, func.count())
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(RunCompletionRow.run_id == run_id, CompletionRow.state.in_(NOT_GOT))
        .group_by(CompletionRow.state, CompletionRow.reason)
        .order_by(func.count().desc())
    )
    return [ReasonCount(state, reason or "no reason given", count) for state, reason, count in rows]


def list_latest(session: Session, run_id: int, limit: int = 3) -> Sequence[LatestText]:
    """Return the texts that came in last, newest first."""
    rows = session.execute(
        select(QuestionRow.external_id, QuestionRow.stem, CompletionRow.text, CompletionRow.state)
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .join(QuestionRow, QuestionRow.id == CompletionRow.question_id)
        .where(
            RunCompletionRow.run_id == run_id,
            CompletionRow.state.in_(HAS_TEXT),
            ~asked_without_key(run_id),
        )
        .order_by(CompletionRow.finished_at.desc(), CompletionRow.id.desc())
        .limit(limit)
    )
    return [LatestText(external, stem, text or "", state) for external, stem, text, state in rows]


def measure_pace(session: Session, run_id: int, waiting: int) -> Pace:
    """Return how fast calls end just now, and how long the waiting ones will take."""
    now = utc_now()
    since = session.scalar(
        select(func.min(AttemptRow.sent_at)).where(
            AttemptRow.run_id == run_id, AttemptRow.finished_at > now - PACE_WINDOW
        )
    )
    ended = session.scalar(
        select(func.count())
        .select_from(AttemptRow)
        .where(AttemptRow.run_id == run_id, AttemptRow.finished_at > now - PACE_WINDOW)
    )
    if not ended or since is None:
        return Pace(0, None)
    seconds = max(1.0, min((now - since).total_seconds(), PACE_WINDOW.total_seconds()))
    return Pace(round(ended * 60 / seconds), waiting * seconds / ended)


def cost_per_approved(session: Session, run_id: int, cost_usd: float | None) -> float | None:
    """Return the run's USD a rationale that reviewers took, None while there is none or no cost."""
    approved = session.scalar(
        select(func.count())
        .select_from(RationaleRow)
        .join(RunCompletionRow, RunCompletionRow.completion_id == RationaleRow.completion_id)
        .where(RunCompletionRow.run_id == run_id, RationaleRow.status.in_(APPROVED))
    )
    return cost_usd / approved if approved and cost_usd is not None else None
