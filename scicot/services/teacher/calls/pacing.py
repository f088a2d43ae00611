"""When a call may be sent, and whether once more."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from aiolimiter import AsyncLimiter

from scicot.words.teaching import Answer, AttemptOutcome

MAX_FAILURES = 5  # attempts of one call
MAX_WAITS = 30  # times that one call is told to wait


@dataclass
class Tries:
    """What became of one call's attempts so far."""

    rebuy: bool
    failures: int = 0
    waits: int = 0

    def note(self, answer: Answer) -> bool:
        """Count an attempt and return whether another should follow."""
        if answer.outcome is AttemptOutcome.RATE_LIMITED:
            self.waits += 1
            return self.waits < MAX_WAITS
        self.failures += 1
        again = answer.outcome.is_retryable or (
            self.rebuy and answer.outcome is AttemptOutcome.MAYBE_PAID
        )
        return again and self.failures < MAX_FAILURES


@dataclass
class Gate:
    """Holds the whole pool back until a moment of the loop's clock."""

    opens_at: float = 0.0

    def close_for(self, seconds: float) -> None:
        """Keep everybody waiting for so long from now, or longer if that was said before."""
        self.opens_at = max(self.opens_at, asyncio.get_running_loop().time() + seconds)

    def remaining(self) -> float:
        """Return the seconds until it opens."""
        return self.opens_at - asyncio.get_running_loop().time()


class Limits:
    """The caps on requests and tokens a minute; None is no cap. Made inside the event loop."""

    def __init__(self, requests_per_minute: int | None, tokens_per_minute: int | None) -> None:
        self._requests = AsyncLimiter(requests_per_minute, 60) if requests_per_minute else None
        self._tokens = AsyncLimiter(tokens_per_minute, 60) if tokens_per_minute else None

    async def take(self, tokens: int, stopping: asyncio.Event) -> None:
        """Return when a request of so many tokens may be sent, or once the pool stops."""
        if self._requests is not None:
            await _unless(stopping, self._requests.acquire())
        if self._tokens is not None:  # a request above the whole cap waits for all of it
            await _unless(stopping, self._tokens.acquire(min(tokens, self._tokens.max_rate)))


async def _unless(stopping: asyncio.Event, waiting: Coroutine[Any, Any, None]) -> None:
    """Wait for the first of the two."""
    tasks = {asyncio.create_task(waiting), asyncio.create_task(stopping.wait())}
    _, unfinished = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in unfinished:
        task.cancel()
    await asyncio.gather(*unfinished, return_exceptions=True)
