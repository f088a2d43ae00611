"""How well a number tells rejected rationales from approved ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from scicot.pure.statistics import LEVEL, Interval


@dataclass(frozen=True, slots=True)
class Auc:
    """The chance that a rejected rationale scores higher than an approved one; ties count half."""

    value: float
    interval: Interval
    rejected: int
    approved: int


def measure_auc(scores: Sequence[float], is_rejected: Sequence[bool]) -> Auc | None:
    """Return the AUC with DeLong's interval; None without both kinds."""
    import numpy as np

    values = np.asarray(scores, dtype=float)
    rejected = values[np.asarray(is_rejected, dtype=bool)]
    approved = values[~np.asarray(is_rejected, dtype=bool)]
    if not len(rejected) or not len(approved):
        return None
    above = (rejected[:, None] > approved[None, :]) + 0.5 * (rejected[:, None] == approved[None, :])
    auc = float(above.mean())
    variance = 0.0  # of the means over each kind (DeLong, DeLong and Clarke-Pearson 1988)
    for parts in (above.mean(axis=1), above.mean(axis=0)):
        if len(parts) > 1:
            variance += float(parts.var(ddof=1)) / len(parts)
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * math.sqrt(variance)
    interval = Interval(max(0.0, auc - half), min(1.0, auc + half))
    return Auc(auc, interval, len(rejected), len(approved))
