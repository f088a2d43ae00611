"""Help and leak: what a rationale does to a student's belief in the answer key.

All probabilities are among a question's options: a softmax of their summed log-probabilities, so
that the length of the key's text does not count.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from scicot.words.worth import Worth

Scores = Mapping[str, float]  # summed log-probability (nats) by label


def measure_worth(
    answer_key: str, *, bare: Scores, helped: Scores, alone: Scores, nothing: Scores
) -> Worth:
    """Return the worth from the options' scores given x, x and r, r, and nothing."""
    return Worth(
        help=_log_share(helped, answer_key) - _log_share(bare, answer_key),
        leak=_log_share(alone, answer_key) - _log_share(nothing, answer_key),
        before=max(bare, key=lambda label: bare[label]),
        after=max(helped, key=lambda label: helped[label]),
        alone=max(alone, key=lambda label: alone[label]),
    )


def _log_share(scores: Scores, label: str) -> float:
    highest = max(scores.values())
    total = sum(math.exp(score - highest) for score in scores.values())
    return scores[label] - highest - math.log(total)
