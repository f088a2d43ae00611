"""Asking a teacher many questions at once, each answer booked in the ledger as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy.orm import Session
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_random_exponential

from scicot.adapters.teacher.failures import CutOff, NotSent
from scicot.pure.teacher.pricing import call_cost, count_tokens, worst_cost
from scicot.pure.teacher.replies import read_reply
from scicot.services.runs.context import RunContext
from scicot.services.teacher.calls.budget import Budget
from scicot.services.teacher.calls.calls import Call, PoolSettings
from scicot.services.teacher.calls.pacing import Gate, Limits, Tries
from scicot.services.teacher.ledger.entries import (
    Claim,
    NotClaimed,
    claim_call,
    store_reply,
)
from scicot.services.teacher.ledger.writer import LedgerWriter
from scicot.words.errors import DatabaseBusy, SciCotError, TeacherRefused, TeacherUnavailable
from scicot.words.teaching import PAID, Answer, AttemptOutcome

if TYPE_CHECKING:
    from scicot.adapters.teacher.client import TeacherClient

T = TypeVar("T")
MAX_FAILED_IN_A_ROW = 8  # calls; then the teacher itself is taken to be unwell
MAX_BACKOFF_SECONDS = 30.0
WATCH_SECONDS = 0.2
TICK_SECONDS = 2.0


class Settle(Protocol):
    """Settles one call in a transaction of the ledger's writer."""

    def __call__(
        self,
        session: Session,
        *,
        claim: Claim,
        answer: Answer,
        cost_usd: float | None,
        again: bool,
    ) -> None:
        """Close the attempt; `again` says that another follows."""


@dataclass
class TeacherPool:
    """A bounded number of calls in flight at one teacher. Make it inside the event loop."""

    context: RunContext
    client: TeacherClient
    settings: PoolSettings
    writer: LedgerWriter
    budget: Budget
    settle: Settle
    tick: Callable[[], None] = lambda: None  # called in a thread about once a second
    failure: BaseException | None = None
    _gate: Gate = field(default_factory=Gate)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _failed_in_a_row: int = 0
    _writes: set[asyncio.Future[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Set the limits up."""
        self._limits = Limits(self.settings.requests_per_minute, self.settings.tokens_per_minute)
        self._backoff = wait_random_exponential(
            multiplier=self.context.settings.teacher_retry_seconds, max=MAX_BACKOFF_SECONDS
        )

    async def run(self, calls: Iterator[Call]) -> None:
        """Ask every call once it is its turn, until all are settled or something ends it.

        Raises what ended it: Cancelled, TeacherRefused, TeacherUnavailable, DatabaseBusy. Calls
        in flight are waited for and stored first.
        """
        watch = asyncio.create_task(self._watch())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.settings.concurrency):
                    group.create_task(self._work(calls))
        finally:
            watch.cancel()
            await asyncio.gather(watch, *self._writes, return_exceptions=True)
            await asyncio.to_thread(self.tick)
        if self.failure is not None:
            raise self.failure
        if self._stopping.is_set():
            self.context.cancel_event.set()
        self.context.check_cancelled()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        ticked_at = loop.time()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if self.context.cancel_event.is_set() or self.context.lost_event.is_set():
                self._stopping.set()
            if loop.time() - ticked_at >= TICK_SECONDS:
                with suppress(DatabaseBusy):  # progress is told the next time
                    await asyncio.to_thread(self.tick)
                ticked_at = loop.time()

    async def _work(self, calls: Iterator[Call]) -> None:
        for call in calls:  # shared by all workers: each call is taken by one of them
            if self._stopping.is_set():
                return
            try:
                await self._ask(call)
            except SciCotError as error:
                self._stop(error)

    def _stop(self, error: BaseException) -> None:
        self.failure = self.failure or error
        self._stopping.set()

    async def _ask(self, call: Call) -> None:
        tries = Tries(self.settings.rebuy)
        retrying = AsyncRetrying(
            retry=retry_if_result(lambda again: bool(again)), wait=self._wait, sleep=self._sleep
        )
        await retrying(self._attempt, call, tries)

    def _wait(self, state: RetryCallState) -> float:
        # A call told to wait waits at the gate, with everybody else.
        return 0.0 if self._gate.remaining() > 0 else self._backoff(state)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until the pool stops."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _attempt(self, call: Call, tries: Tries) -> bool:
        """Send one request if it may be sent; return whether another attempt should follow."""
        await self._hold(call)
        if self._stopping.is_set():
            return False
        worst = worst_cost(self.settings.price, call.characters, call.max_tokens)
        reserved = await self.budget.reserve(worst)
        spent = 0.0
        try:
            claim = await self._write(
                partial(
                    claim_call,
                    run_id=self.context.run.id,
                    worker=self.context.worker,
                    completion_id=call.completion_id,
                )
            )
            if isinstance(claim, NotClaimed):
                if claim is NotClaimed.STOPPED:
                    self._stopping.set()
                return False
            answer = await self._send(call, claim)
            cost = self._cost(answer)
            if answer.outcome in PAID or answer.outcome is AttemptOutcome.MAYBE_PAID:
                spent = worst or 0.0 if cost is None else cost
            return self._settle(claim, answer, cost, tries)
        finally:
            await self.budget.settle(reserved, spent)

    async def _hold(self, call: Call) -> None:
        """Wait for the gate and for the caps on requests and tokens a minute."""
        while (seconds := self._gate.remaining()) > 0 and not self._stopping.is_set():
            await self._sleep(seconds)
        tokens = count_tokens(call.characters, None) + call.max_tokens
        await self._limits.take(tokens, self._stopping)

    async def _send(self, call: Call, claim: Claim) -> Answer:
        try:
            reply = await self.client.ask(
                call.messages,
                model=self.settings.model,
                temperature=call.temperature,
                max_tokens=call.max_tokens,
                seed=call.sample if call.sample else None,
                likeliest=call.likeliest,
            )
        except NotSent as error:
            return Answer(AttemptOutcome.UNREACHABLE, reason=str(error))
        except CutOff as error:
            return Answer(AttemptOutcome.MAYBE_PAID, reason=str(error))
        await self._write(
            partial(store_reply, claim=claim, reply=reply),
            spooled={
                "completion_id": claim.completion_id,
                "attempt_id": claim.attempt_id,
                "number": claim.number,
                "status": reply.status,
                "body": reply.body,
            },
        )
        return read_reply(reply)

    def _cost(self, answer: Answer) -> float | None:
        if answer.outcome not in PAID:
            return None if answer.outcome is AttemptOutcome.MAYBE_PAID else 0.0
        return call_cost(self.settings.price, answer.prompt_tokens, answer.completion_tokens)

    def _settle(self, claim: Claim, answer: Answer, cost: float | None, tries: Tries) -> bool:
        again = tries.note(answer)
        self._write_later(
            partial(
                self.settle,
                claim=claim,
                answer=answer,
                cost_usd=cost,
                again=again,
            ),
            can_wait=not again,  # the next attempt is claimed only after this one is settled
        )
        if answer.outcome is AttemptOutcome.DENIED:
            raise TeacherRefused(
                f"{answer.reason}. Nothing more is sent, the rest is pending: put it right and "
                "resume the run."
            )
        if answer.retry_after is not None:
            self._gate.close_for(answer.retry_after)
        elif answer.outcome is AttemptOutcome.RATE_LIMITED:
            self._gate.close_for(self._pause_length(tries))
        if not again:
            self._note_health(answer)
        return again

    def _pause_length(self, tries: Tries) -> float:
        seconds = self.context.settings.teacher_retry_seconds * 2**tries.waits
        return float(min(seconds, MAX_BACKOFF_SECONDS))

    def _note_health(self, answer: Answer) -> None:
        """Stop when call after call fails: then it is the teacher, not the question."""
        if answer.outcome in PAID and answer.outcome is not AttemptOutcome.INVALID:
            self._failed_in_a_row = 0
            return
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= MAX_FAILED_IN_A_ROW:
            raise TeacherUnavailable(
                f"{self._failed_in_a_row} calls in a row failed ({answer.reason}). Nothing more "
                "is sent, the rest is pending: resume the run when the teacher is well."
            )

    async def _write(
        self, do: Callable[[Session], T], *, spooled: Mapping[str, Any] | None = None
    ) -> T:
        future: Future[T] = self.writer.submit(do, spooled=spooled)
        return await asyncio.wrap_future(future)

    def _write_later(self, do: Callable[[Session], None], *, can_wait: bool) -> None:
        """Hand over writing that nobody needs to wait for; `run` sees to it that it is done."""
        written = asyncio.wrap_future(self.writer.submit(do, can_wait=can_wait))
        self._writes.add(written)
        written.add_done_callback(self._written)

    def _written(self, written: asyncio.Future[None]) -> None:
        self._writes.discard(written)
        if (error := written.exception()) is not None:
            self._stop(error)
