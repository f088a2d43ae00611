"""A hard budget: money is set aside before a call is sent, so that the cap is never passed."""

from __future__ import annotations

import asyncio

from scicot.words.errors import TeacherRefused


class Budget:
    """What a run may still spend, in USD. Belongs to one event loop."""

    def __init__(self, cap_usd: float | None, spent_usd: float) -> None:
        self._cap = cap_usd
        self._spent = spent_usd
        self._reserved = 0.0
        self._changed = asyncio.Condition()

    async def reserve(self, worst_usd: float | None) -> float:
        """Set the call's worst cost aside and return it; waits for calls in flight if need be.

        Raises TeacherRefused when the call does not fit even once they have all ended.
        """
        if self._cap is None or worst_usd is None:
            return 0.0
        async with self._changed:
            while self._spent + self._reserved + worst_usd > self._cap:
                if self._reserved <= 0:
                    raise TeacherRefused(
                        f"The budget of ${self._cap:.4f} is reached: ${self._spent:.4f} are spent "
                        f"and the next call may cost ${worst_usd:.4f}. The rest is pending; start "
                        "again with a higher budget to go on."
                    )
                await self._changed.wait()
            self._reserved += worst_usd
        return worst_usd

    async def settle(self, reserved_usd: float, spent_usd: float) -> None:
        """Give back what was set aside and count what was spent."""
        async with self._changed:
            self._reserved = max(0.0, self._reserved - reserved_usd)
            if self._reserved < 1e-12:  # sums of floats leave crumbs
                self._reserved = 0.0
            self._spent += spent_usd
            self._changed.notify_all()
