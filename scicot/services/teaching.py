"""A teacher run from plan to result: what `generate` and `few_shot` have in common.

The run notes which completions it needs, settles what an earlier worker left behind, asks for
what is pending, and waits for what another run has in flight just now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RunCompletionRow
from db.session import write
from scicot.adapters.teacher.open import STARTER_SLOTS, open_teacher
from scicot.adapters.teacher.starter import STARTER_MODEL
from scicot.pure.pricing import call_cost, worst_cost
from scicot.pure.replies import read_reply
from scicot.pure.teacher_prompts import messages_hash
from scicot.services.asking import Call, PoolSettings, TeacherPool
from scicot.services.budget import Budget
from scicot.services.ledger import (
    CallSettings,
    Claim,
    PlannedCall,
    StoreText,
    abandoned_calls,
    plan_calls,
    read_stored_reply,
    reopen_calls,
    settle_call,
    store_reply,
)
from scicot.services.ledger_writer import LedgerWriter, Spool
from scicot.services.questions import get_questions
from scicot.services.teacher_runs import HAS_TEXT, run_totals
from scicot.services.worker import RunContext
from scicot.words.records import CompletionState, Question
from scicot.words.teaching import Message, Price, Reply, Teacher, TeacherKind

PLAN_CHUNK = 300
ELSEWHERE_SECONDS = 1.0
Compose = Callable[[Question], list[Message]]


@dataclass(frozen=True, slots=True)
class TeacherJob:
    """Whom to ask what, and what to do with each text."""

    teacher: Teacher
    call_settings: CallSettings
    compose: Compose
    store_text: StoreText
    samples: int
    temperature: float
    max_tokens: int
    concurrency: int
    budget_usd: float | None
    rebuy: bool
    price: Price | None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    after_batch: Callable[[], None] = lambda: None


def plan_job(context: RunContext, job: TeacherJob, questions: Sequence[Question]) -> None:
    """Book every call that the job needs, in short transactions."""
    for start in range(0, len(questions), PLAN_CHUNK):
        planned = []
        for question in questions[start : start + PLAN_CHUNK]:
            assert question.id is not None
            messages = job.compose(question)
            digest = messages_hash(messages)
            length = sum(len(message["content"]) for message in messages)
            planned += [
                PlannedCall(question.id, sample, digest, length) for sample in range(job.samples)
            ]
        with context.session() as session, write(session):
            plan_calls(session, context.run.id, job.call_settings, planned)


def carry_out(context: RunContext, job: TeacherJob, questions: Sequence[Question]) -> None:
    """Ask for everything that is missing; raises what ended the run early."""
    plan_job(context, job, questions)
    adopt_texts(context, job)
    spool = Spool(context.settings.artifacts_folder / "spool" / f"run-{context.run.id}.jsonl")
    settle_leftovers(context, job, spool)
    reopened = [CompletionState.FAILED] + [CompletionState.MAYBE_PAID] * job.rebuy
    with context.session() as session, write(session):
        reopen_calls(session, context.run.id, reopened)
    asyncio.run(_ask_all(context, job, spool))


def adopt_texts(context: RunContext, job: TeacherJob) -> None:
    """Make use of texts that are in the ledger already, for instance from trying the prompt."""
    with context.session() as session:
        rows = session.execute(
            select(CompletionRow.id, CompletionRow.text)
            .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
            .where(RunCompletionRow.run_id == context.run.id, CompletionRow.state.in_(HAS_TEXT))
        )
        there = list(rows)
    for start in range(0, len(there), PLAN_CHUNK):
        with context.session() as session, write(session):
            for completion_id, text in there[start : start + PLAN_CHUNK]:
                job.store_text(session, completion_id, text or "")


def settle_leftovers(context: RunContext, job: TeacherJob, spool: Spool) -> None:
    """Settle what an earlier worker left: answers in the spool, bodies unread, calls in flight."""
    lines = spool.read()
    with context.session() as session, write(session):
        for line in lines:
            claim = Claim(line["completion_id"], line["attempt_id"], line["number"])
            reply = Reply(line["status"], line["body"])
            store_reply(session, claim, reply)
            _settle_late(session, job, claim, reply)
    spool.clear()
    with context.session() as session, write(session):
        for claim in abandoned_calls(session, context.run.id):
            _settle_late(session, job, claim, None)


def _settle_late(session: Session, job: TeacherJob, claim: Claim, reply: Reply | None) -> None:
    answer = read_reply(reply) if reply else read_stored_reply(session, claim)
    settle_call(
        session,
        claim,
        answer,
        cost_usd=call_cost(job.price, answer.prompt_tokens, answer.completion_tokens),
        store_text=job.store_text,
        again=answer.outcome.is_retryable,
    )


async def _ask_all(context: RunContext, job: TeacherJob, spool: Spool) -> None:
    is_starter = job.teacher.kind is TeacherKind.STARTER
    concurrency = min(job.concurrency, STARTER_SLOTS) if is_starter else job.concurrency
    while pending := await asyncio.to_thread(_pending, context):
        with LedgerWriter(context.settings.resolved_database_url, spool) as writer:
            async with open_teacher(
                job.teacher, context.settings, concurrency=concurrency
            ) as client:
                pool = TeacherPool(
                    context=context,
                    client=client,
                    settings=PoolSettings(
                        model=STARTER_MODEL if is_starter else job.teacher.model,
                        temperature=job.temperature,
                        max_tokens=job.max_tokens,
                        concurrency=concurrency,
                        rebuy=job.rebuy,
                        price=job.price,
                        requests_per_minute=job.requests_per_minute,
                        tokens_per_minute=job.tokens_per_minute,
                    ),
                    writer=writer,
                    budget=Budget(job.budget_usd, _spent(context, job)),
                    store_text=job.store_text,
                    tick=partial(_tick, context, job),
                )
                await pool.run(_calls(context, job, pending))
        await _wait_for_others(context, job, spool)


def _pending(context: RunContext) -> list[tuple[int, int, int]]:
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


def _calls(
    context: RunContext, job: TeacherJob, pending: Sequence[tuple[int, int, int]]
) -> Iterator[Call]:
    """Yield the calls, with their questions read a chunk at a time: memory stays flat."""
    for start in range(0, len(pending), PLAN_CHUNK):
        chunk = pending[start : start + PLAN_CHUNK]
        with context.session() as session:
            questions = get_questions(session, {question_id for _, question_id, _ in chunk})
        for completion_id, question_id, sample in chunk:
            yield Call(completion_id, job.compose(questions[question_id]), sample)


def _spent(context: RunContext, job: TeacherJob) -> float:
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


def _tick(context: RunContext, job: TeacherJob) -> None:
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


async def _wait_for_others(context: RunContext, job: TeacherJob, spool: Spool) -> None:
    """Wait while another run has a call of ours in flight; settle it if that run is gone."""
    while await asyncio.to_thread(_in_flight, context):
        context.check_cancelled()
        await asyncio.sleep(ELSEWHERE_SECONDS)
        await asyncio.to_thread(settle_leftovers, context, job, spool)


def _in_flight(context: RunContext) -> int:
    with context.session() as session:
        count = session.scalar(
            select(func.count())
            .select_from(CompletionRow)
            .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
            .where(
                RunCompletionRow.run_id == context.run.id,
                CompletionRow.state == CompletionState.IN_FLIGHT,
            )
        )
    return count or 0


def result_of(context: RunContext) -> dict[str, Any]:
    """Return the run's result: the counts that `generate` prints."""
    with context.session() as session:
        return totals_json(session, context.run.id)


def totals_json(session: Session, run_id: int) -> dict[str, Any]:
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
        "by_state": totals.by_state,
    }
