"""What a run's calls came to so far: counts, reasons, cost, pace, the last rationales."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RunCompletionRow
from scicot.words.records import CompletionState
from scicot.words.teaching import AttemptOutcome

HAS_TEXT = (CompletionState.STORED, CompletionState.TRUNCATED)
NOT_GOT = (
    CompletionState.FAILED,
    CompletionState.INVALID,
    CompletionState.REFUSED,
    CompletionState.MAYBE_PAID,
)


@dataclass(frozen=True, slots=True)
class RunTotals:
    """A teacher run in numbers. `calls` and `cost_usd` are of this run; the rest of what it needs.

    `cost_usd` is None when the cost of a call is unknown.
    """

    questions: int
    stored: int
    failed: int
    waiting: int
    by_state: dict[str, int]
    calls: int
    maybe_paid_calls: int
    cost_usd: float | None


def run_totals(session: Session, run_id: int) -> RunTotals:
    """Return the run's totals, counted from the ledger."""
    of_run = RunCompletionRow.run_id == run_id
    rows = session.execute(
        select(CompletionRow.state, func.count())
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(of_run)
        .group_by(CompletionRow.state)
    ).tuples()
    states = dict(list(rows))
    questions = session.scalar(
        select(func.count(func.distinct(CompletionRow.question_id)))
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(of_run)
    )
    calls = {
        outcome: (count, priced, usd)
        for outcome, count, priced, usd in session.execute(
            select(
                AttemptRow.outcome,
                func.count(),
                func.count(AttemptRow.cost_usd),
                func.sum(AttemptRow.cost_usd),
            )
            .where(AttemptRow.run_id == run_id)
            .group_by(AttemptRow.outcome)
        ).tuples()
    }
    maybe_paid = calls.get(AttemptOutcome.MAYBE_PAID, (0, 0, None))[0]
    known = {key: one for key, one in calls.items() if key not in (None, AttemptOutcome.MAYBE_PAID)}
    all_priced = all(count == priced for count, priced, _ in known.values())
    return RunTotals(
        questions=questions or 0,
        stored=sum(states.get(state, 0) for state in HAS_TEXT),
        failed=sum(states.get(state, 0) for state in NOT_GOT),
        waiting=states.get(CompletionState.PENDING, 0) + states.get(CompletionState.IN_FLIGHT, 0),
        by_state={state.value: states[state] for state in CompletionState if state in states},
        calls=sum(one[0] for key, one in calls.items() if key is not AttemptOutcome.UNREACHABLE),
        maybe_paid_calls=maybe_paid,
        cost_usd=sum(usd or 0.0 for _, _, usd in known.values()) if all_priced else None,
    )
