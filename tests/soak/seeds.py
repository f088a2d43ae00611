"""The seed of a soak's short version, which the test's output names when it fails."""

from __future__ import annotations

import random


def new_seed() -> int:
    """Return a seed nobody chose, and print it: pytest shows what a failed test printed."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    return seed
