"""What a rationale is worth to a student: the record and its words."""

from __future__ import annotations

import math
from dataclasses import dataclass

GIVEN_AWAY = math.log(2)  # leak from which a rationale alone at least doubles the key's share


@dataclass(frozen=True, slots=True)
class Worth:
    """What one rationale does to one student, in nats.

    `help` is log p(key | x, r) - log p(key | x); `leak` is log p(key | r) - log p(key | nothing).
    `before`, `after` and `alone` are the likeliest labels without r, with it, and with r alone.
    """

    help: float
    leak: float
    before: str
    after: str
    alone: str

    def say(self, answer_key: str) -> str:
        """Return what the rationale does, in words for a reviewer."""
        key = "the key"
        before = key if self.before == answer_key else f"({self.before})"
        after = key if self.after == answer_key else f"({self.after})"
        said = (
            f"moves the answer from {before} to {after}"
            if self.before != self.after
            else f"leaves the answer at {after}"
        )
        factor = math.exp(self.help)
        said += f", the key {factor:.1f} times as likely"
        if self.gives_away(answer_key):
            said += "; gives the key away without the question"
        return said

    def gives_away(self, answer_key: str) -> bool:
        """Return whether the rationale alone, without the question, leads to the key."""
        return self.alone == answer_key and self.leak > GIVEN_AWAY
