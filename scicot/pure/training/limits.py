"""How many tokens of a rationale a run keeps where nobody has said so."""

from __future__ import annotations

import math
from collections.abc import Iterable

from scicot.words.configs import RATIONALE_SHARE, RATIONALE_TOKENS


def usual_limit(lengths: Iterable[int]) -> int:
    """Return the length, in tokens, that 99 of 100 rationales do not exceed; 128 without any."""
    ordered = sorted(lengths)
    return ordered[math.ceil(RATIONALE_SHARE * len(ordered)) - 1] if ordered else RATIONALE_TOKENS
