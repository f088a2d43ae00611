"""What a teacher run sets out to do: plan its calls, use what is there, settle what was left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CompletionRow, RunCompletionRow
from db.session import write
from scicot.adapters.teacher.spool import Spool
from scicot.pure.teacher.pricing import call_cost
from scicot.pure.teacher.prompts import messages_hash
from scicot.pure.teacher.replies import read_reply
from scicot.services.runs.context import RunContext
from scicot.services.teacher.ledger.entries import Claim, TakeText, settle_call, store_reply
from scicot.services.teacher.ledger.plan import (
    CallSettings,
    PlannedCall,
    abandoned_calls,
    plan_calls,
    read_stored_reply,
)
from scicot.words.records import HAS_TEXT, CompletionState, StoredQuestion
from scicot.words.teaching import Answer, Message, Price, Reply, Teacher

PLAN_CHUNK = 300  # questions a transaction
Compose = Callable[[StoredQuestion], list[Message]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that every question is asked for. Without a prompt version: to answer alone."""

    call_settings: CallSettings
    compose: Compose
    samples: int
    temperature: float
    max_tokens: int
    chats: Callable[[StoredQuestion], list[list[Message]]] | None = None  # several a question
    likeliest: int = 0  # of how many tokens at each place the probabilities are told

    def chats_of(self, question: StoredQuestion) -> list[list[Message]]:
        """Return every chat that the question is asked for."""
        return self.chats(question) if self.chats else [self.compose(question)]

    def chat_of(self, question: StoredQuestion, prompt_hash: str) -> list[Message]:
        """Return the chat of one completion, told by the hash of what it is asked."""
        if self.chats is None:
            return self.compose(question)
        return next(chat for chat in self.chats(question) if messages_hash(chat) == prompt_hash)


@dataclass(frozen=True, slots=True)
class TeacherJob:
    """Whom to ask what, and what to do with each text."""

    teacher: Teacher
    asks: Sequence[Ask]
    concurrency: int
    budget_usd: float | None
    rebuy: bool
    price: Price | None
    batch: bool = False
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    take_text: TakeText | None = None  # None: texts stay in the ledger
    look_at_new: Callable[[], None] | None = None  # at what was taken since the last time
    useful: tuple[CompletionState, ...] = HAS_TEXT  # what a run without any has failed

    @property
    def parameters(self) -> set[str]:
        """The parameters (hashes) that this job's calls are sent with."""
        return {ask.call_settings.parameters_hash for ask in self.asks}

    def ask_of(self, prompt_id: int | None) -> Ask:
        """Return what a completion of this prompt version answers."""
        alone = prompt_id is None
        return next(ask for ask in self.asks if (ask.call_settings.prompt_id is None) == alone)


def settle(
    session: Session,
    *,
    job: TeacherJob,
    claim: Claim,
    answer: Answer,
    cost_usd: float | None,
    again: bool,
) -> None:
    """Settle a call in the ledger, and hand a text that came to whoever makes something of it."""
    text = settle_call(session, claim, answer, cost_usd=cost_usd, again=again)
    if text and job.take_text is not None:
        job.take_text(session, claim.completion_id, text)


def plan_job(context: RunContext, job: TeacherJob, questions: Sequence[StoredQuestion]) -> None:
    """Book every call that the job needs, in short transactions."""
    for start in range(0, len(questions), PLAN_CHUNK):
        planned = [_plan(ask, questions[start : start + PLAN_CHUNK]) for ask in job.asks]
        with context.session() as session, write(session):
            for ask, calls in zip(job.asks, planned, strict=True):
                plan_calls(session, context.run.id, ask.call_settings, calls)


def _plan(ask: Ask, questions: Sequence[StoredQuestion]) -> list[PlannedCall]:
    planned = []
    for question in questions:
        for messages in ask.chats_of(question):
            digest = messages_hash(messages)
            length = sum(len(message["content"]) for message in messages)
            planned += [
                PlannedCall(question.id, sample, digest, length) for sample in range(ask.samples)
            ]
    return planned


def adopt_texts(context: RunContext, job: TeacherJob) -> None:
    """Make use of texts that are in the ledger already, for instance from trying the prompt."""
    if job.take_text is None:
        return
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
                job.take_text(session, completion_id, text or "")


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
    settle(
        session,
        job=job,
        claim=claim,
        answer=answer,
        cost_usd=call_cost(job.price, answer.prompt_tokens, answer.completion_tokens),
        again=answer.outcome.is_retryable,
    )
