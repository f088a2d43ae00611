"""A teacher run from plan to result: what all that ask a teacher have in common.

The run notes which completions it needs, settles what an earlier worker left behind, asks for
what is pending, and waits for what another run has in flight just now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy.orm import Session

from db.session import write
from scicot.adapters.teacher.open import STARTER_SLOTS, open_teacher
from scicot.adapters.teacher.spool import Spool
from scicot.adapters.teacher.starter import STARTER_MODEL
from scicot.services.questions.lookup import get_questions
from scicot.services.rationales.own_answers import count_own_answers
from scicot.services.runs.context import RunContext
from scicot.services.teacher.batch import ask_by_batch
from scicot.services.teacher.calls.budget import Budget
from scicot.services.teacher.calls.calls import Call, PendingCall, PoolSettings
from scicot.services.teacher.calls.pool import TeacherPool
from scicot.services.teacher.job import TeacherJob, adopt_texts, plan_job, settle, settle_leftovers
from scicot.services.teacher.ledger.plan import count_in_flight, reopen_calls
from scicot.services.teacher.ledger.writer import LedgerWriter
from scicot.services.teacher.progress import list_pending, spent_so_far, tell_progress
from scicot.services.teacher.refusals import note_refusals, refused_by
from scicot.services.teacher.sharing import count_shared
from scicot.services.teacher.totals import list_reasons, run_totals
from scicot.words.errors import EmptyRun
from scicot.words.records import CompletionState, StoredQuestion
from scicot.words.runs import TeacherCounts, TeacherResult
from scicot.words.teaching import TeacherKind

QUESTION_CHUNK = 300
ELSEWHERE_SECONDS = 1.0


def carry_out(context: RunContext, job: TeacherJob, questions: Sequence[StoredQuestion]) -> None:
    """Ask for everything that is missing; raises what ended the run early."""
    plan_job(context, job, questions)
    adopt_texts(context, job)
    spool = Spool(context.settings.artifacts_folder / "spool" / f"run-{context.run.id}.jsonl")
    settle_leftovers(context, job, spool)
    reopened = [CompletionState.FAILED] + [CompletionState.MAYBE_PAID] * job.rebuy
    with context.session() as session, write(session):
        reopen_calls(session, context.run.id, reopened, job.parameters)
    if job.batch:
        ask_by_batch(context, job)
        tell_progress(context, job)
    else:
        asyncio.run(_ask_all(context, job, spool))
    refuse_empty(context, job)


def refuse_empty(context: RunContext, job: TeacherJob) -> None:
    """Raise EmptyRun when a run that asked for something has nothing to show for it."""
    with context.session() as session:
        totals = run_totals(session, context.run.id)
        counts = totals_json(session, context.run.id)
        reasons = list_reasons(session, context.run.id)
    got = sum(totals.by_state.get(state.value, 0) for state in job.useful)
    if got or not reasons:
        return
    what = reasons[0]
    raise EmptyRun(
        f"Nothing could be stored: {what.count} of {totals.failed} answers end with "
        f"'{what.reason.rstrip('.')}'. Put it right, then retry them.",
        result=counts,
    )


async def _ask_all(context: RunContext, job: TeacherJob, spool: Spool) -> None:
    await asyncio.to_thread(tell_progress, context, job)
    while True:
        if pending := await asyncio.to_thread(list_pending, context, job):
            await _ask_pending(context, job, spool, pending)
        elif await asyncio.to_thread(_in_flight, context):
            # Another run is asking for the same just now: wait, or settle it if that run is gone.
            await asyncio.sleep(ELSEWHERE_SECONDS)
            await asyncio.to_thread(settle_leftovers, context, job, spool)
        else:
            return
        context.check_cancelled()


async def _ask_pending(
    context: RunContext, job: TeacherJob, spool: Spool, pending: Sequence[PendingCall]
) -> None:
    is_starter = job.teacher.kind is TeacherKind.STARTER
    concurrency = min(job.concurrency, STARTER_SLOTS) if is_starter else job.concurrency
    settings = PoolSettings(
        model=STARTER_MODEL if is_starter else job.teacher.model,
        concurrency=concurrency,
        rebuy=job.rebuy,
        price=job.price,
        requests_per_minute=job.requests_per_minute,
        tokens_per_minute=job.tokens_per_minute,
    )
    spent = await asyncio.to_thread(spent_so_far, context, job)
    refused = await asyncio.to_thread(refused_by, context, job.teacher)
    with LedgerWriter(context.settings.resolved_database_url, spool) as writer:
        opened = open_teacher(
            job.teacher, context.settings, concurrency=concurrency, refused=refused
        )
        async with opened as client:
            pool = TeacherPool(
                context=context,
                client=client,
                settings=settings,
                writer=writer,
                budget=Budget(job.budget_usd, spent),
                settle=partial(settle, job=job),
                tick=partial(tell_progress, context, job),
            )
            try:
                await pool.run(_calls(context, job, pending))
            finally:
                now = client.refused or refused
                await asyncio.to_thread(note_refusals, context, job.teacher, refused, now)


def _calls(context: RunContext, job: TeacherJob, pending: Sequence[PendingCall]) -> Iterator[Call]:
    """Yield the calls, with their questions read a chunk at a time: memory stays flat."""
    for start in range(0, len(pending), QUESTION_CHUNK):
        chunk = pending[start : start + QUESTION_CHUNK]
        with context.session() as session:
            questions = get_questions(session, {call.question_id for call in chunk})
        for call in chunk:
            ask = job.ask_of(call.prompt_id)
            messages = ask.chat_of(questions[call.question_id], call.prompt_hash)
            yield Call(
                *(call.completion_id, messages, ask.temperature, ask.max_tokens, call.sample),
                likeliest=ask.likeliest,
            )


def _in_flight(context: RunContext) -> int:
    """Return how many calls of ours another run has in flight; a batch's are not waited for."""
    with context.session() as session:
        return count_in_flight(session, context.run.id)


def result_of(context: RunContext) -> TeacherResult:
    """Return the run's result: the counts that `generate` prints, and what is missing in words."""
    with context.session() as session:
        totals = totals_json(session, context.run.id)
        reasons = list_reasons(session, context.run.id)
    said = []
    if totals["failed"]:
        whole = totals["stored"] + totals["failed"] + totals["waiting"]
        said.append(f"{totals['failed']:,} of {whole:,} are missing: {reasons[0].reason}")
    if totals["shared"]:
        said.append(f"{totals['shared']:,} have the text of another question: asked once, shared")
    return {**totals, "message": ". ".join(["Done", *said]) + "."}


def totals_json(session: Session, run_id: int) -> TeacherCounts:
    """Return the totals under the names that scripts rely on."""
    totals = run_totals(session, run_id)
    return {
        "questions": totals.questions,
        "stored": totals.stored,
        "failed": totals.failed,
        "calls": totals.calls,
        "cost_usd": totals.cost_usd,
        "waiting": totals.waiting,
        "maybe_paid_calls": totals.maybe_paid_calls,
        "shared": count_shared(session, run_id),
        "by_state": totals.by_state,
        "own_answers": count_own_answers(session, run_id),
    }
