"""When a call may be sent, and whether once more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

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
