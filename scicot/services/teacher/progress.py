"""How far a teacher run is: what is pending, what is spent, what is told."""

from __future__ import annotations

from sqlalchemy import func, select

from db.models import AttemptRow, CompletionRow, RunCompletionRow
from scicot.pure.teacher.pricing import BATCH_DISCOUNT, worst_cost
from scicot.services.questions.lookup import get_questions
from scicot.services.runs.context import RunContext
from scicot.services.teacher.calls.calls import PendingCall
from scicot.services.teacher.job import TeacherJob
from scicot.services.teacher.sharing import share_answers, twin_asked_first
from scicot.services.teacher.totals import run_totals
from scicot.words.errors import TeacherRefused
from scicot.words.records import CompletionState


def list_pending(context: RunContext, job: TeacherJob) -> list[PendingCall]:
    """Return what is to be asked, in order; of the same text under several ids the first one.

    What was asked under another id already is settled first.
    """
    with context.session() as session:
        share_answers(session, context.run.id, job.take_text)
        return [
            PendingCall(*row)
            for row in session.execute(
                select(
                    CompletionRow.id,
                    CompletionRow.question_id,
                    CompletionRow.sample,
                    CompletionRow.prompt_id,
                    CompletionRow.prompt_hash,
                )
                .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
                .where(
                    RunCompletionRow.run_id == context.run.id,
                    CompletionRow.state == CompletionState.PENDING,
                    CompletionRow.parameters_hash.in_(job.parameters),
                    CompletionRow.id.not_in(twin_asked_first(context.run.id)),
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
        unknown = session.execute(
            select(CompletionRow.prompt_characters, CompletionRow.prompt_id)
            .join(AttemptRow, AttemptRow.completion_id == CompletionRow.id)
            .where(
                AttemptRow.run_id == context.run.id,
                AttemptRow.cost_usd.is_(None),
                AttemptRow.finished_at.is_not(None),
            )
        )
        worst = sum(
            worst_cost(job.price, length, job.ask_of(prompt_id).max_tokens) or 0.0
            for length, prompt_id in unknown
        )
    return (known or 0.0) + worst


def tell_progress(context: RunContext, job: TeacherJob) -> None:
    """Tell how far the run is, and have the new texts looked at."""
    if job.look_at_new is not None:
        job.look_at_new()
    with context.session() as session:
        totals = run_totals(session, context.run.id)
    missing = f", {totals.failed} not got" if totals.failed else ""
    context.report(
        done=totals.calls_needed - totals.calls_waiting,
        total=totals.calls_needed,
        message=f"{totals.stored} stored{missing}, {totals.waiting} waiting.",
    )


def affordable_calls(context: RunContext, job: TeacherJob, limit: int) -> list[PendingCall]:
    """Return the pending calls that fit the budget at their worst cost in a batch.

    Raises TeacherRefused when something is pending and not even one call fits.
    """
    pending = list_pending(context, job)[:limit]
    if job.budget_usd is None or not pending:
        return pending
    left = job.budget_usd - spent_so_far(context, job)
    with context.session() as session:
        questions = get_questions(session, {call.question_id for call in pending})
    fitting = []
    for call in pending:
        ask = job.ask_of(call.prompt_id)
        length = sum(
            len(message["content"])
            for message in ask.chat_of(questions[call.question_id], call.prompt_hash)
        )
        left -= (worst_cost(job.price, length, ask.max_tokens) or 0.0) * BATCH_DISCOUNT
        if left < 0:
            break
        fitting.append(call)
    if not fitting:
        raise TeacherRefused(
            f"The budget of ${job.budget_usd:.4f} is reached. The rest is pending; start again "
            "with a higher budget to go on."
        )
    return fitting
