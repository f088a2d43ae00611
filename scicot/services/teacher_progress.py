"""How far a teacher run is: what is pending, what is spent, what is told."""

from __future__ import annotations

from sqlalchemy import func, select

from db.models import AttemptRow, CompletionRow, RunCompletionRow
from scicot.pure.pricing import BATCH_DISCOUNT, worst_cost
from scicot.services.questions import get_questions
from scicot.services.teacher_job import TeacherJob
from scicot.services.teacher_runs import run_totals
from scicot.services.worker import RunContext
from scicot.words.errors import TeacherRefused
from scicot.words.records import CompletionState


def list_pending(context: RunContext) -> list[tuple[int, int, int]]:
    """Return (completion id, question id, sample) of what is to be asked, in order."""
    with context.session() as session:
        return [
            (row.id, row.question_id, row.sample)
            for row in session.execute(
                select(CompletionRow.id, CompletionRow.question_id, CompletionRow.sample)
                .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
                .where(
                    RunCompletionRow.run_id == context.run.id,
                    CompletionRow.state == CompletionState.PENDING,
                )
                .order_by(CompletionRow.sample, CompletionRow.id)
            )
        ]


def spent_so_far(context: RunContext, job: TeacherJob) -> float:
    """Return what the run has spent so far; a call that may have been paid counts in full."""
    with context.session() as session:
        known = session.scalar(
            select(func.sum(AttemptRow.cost_usd)).where(AttemptRow.run_id == context.run.id)
        )
        unknown = session.scalars(
            select(CompletionRow.prompt_characters)
            .join(AttemptRow, AttemptRow.completion_id == CompletionRow.id)
            .where(
                AttemptRow.run_id == context.run.id,
                AttemptRow.cost_usd.is_(None),
                AttemptRow.finished_at.is_not(None),
            )
        )
        worst = sum(worst_cost(job.price, length, job.max_tokens) or 0.0 for length in unknown)
    return (known or 0.0) + worst


def tell_progress(context: RunContext, job: TeacherJob) -> None:
    """Tell how far the run is, and have the new texts looked at."""
    job.after_batch()
    with context.session() as session:
        totals = run_totals(session, context.run.id)
    settled = totals.stored + totals.failed
    missing = f", {totals.failed} not got" if totals.failed else ""
    context.report(
        done=settled,
        total=settled + totals.waiting,
        message=f"{totals.stored} stored{missing}, {totals.waiting} waiting.",
    )


def affordable_calls(
    context: RunContext, job: TeacherJob, limit: int
) -> list[tuple[int, int, int]]:
    """Return the pending calls that fit the budget at their worst cost in a batch.

    Raises TeacherRefused when something is pending and not even one call fits.
    """
    pending = list_pending(context)[:limit]
    if job.budget_usd is None or not pending:
        return pending
    left = job.budget_usd - spent_so_far(context, job)
    with context.session() as session:
        questions = get_questions(session, {question_id for _, question_id, _ in pending})
    fitting = []
    for call in pending:
        length = sum(len(one["content"]) for one in job.compose(questions[call[1]]))
        left -= (worst_cost(job.price, length, job.max_tokens) or 0.0) * BATCH_DISCOUNT
        if left < 0:
            break
        fitting.append(call)
    if not fitting:
        raise TeacherRefused(
            f"The budget of ${job.budget_usd:.4f} is reached. The rest is pending; start again "
            "with a higher budget to go on."
        )
    return fitting
