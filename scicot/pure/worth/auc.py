"""How well a number tells rejected rationales from approved ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from scicot.pure.statistics import LEVEL, Interval

FOLDS = 5
RIDGE = 1.0  # holds the weights of few verdicts near zero
STEPS = 25  # Newton's; it converges in under ten


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


def predict_rejection(
    features: Sequence[Sequence[float]], is_rejected: Sequence[bool]
) -> list[float] | None:
    """Return each item's probability of rejection by a model that did not see it.

    A logistic regression with a ridge, fitted on the other four of five parts. None where a part's
    training items are of one kind.
    """
    import numpy as np

    x = np.asarray(features, dtype=float)
    y = np.asarray(is_rejected, dtype=float)
    if len(y) < 2 * FOLDS:
        return None
    spread = x.std(axis=0)
    x = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    x = np.column_stack([np.ones(len(x)), x])
    predicted = np.zeros(len(y))
    folds = np.arange(len(y)) % FOLDS
    penalty = RIDGE * np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    for fold in range(FOLDS):
        seen = folds != fold
        if len(set(y[seen])) < 2:
            return None
        weights = np.zeros(x.shape[1])
        for _ in range(STEPS):
            p = 1 / (1 + np.exp(-np.clip(x[seen] @ weights, -30, 30)))
            gradient = x[seen].T @ (p - y[seen]) + penalty @ weights
            hessian = (x[seen] * (p * (1 - p))[:, None]).T @ x[seen] + penalty
            weights -= np.linalg.solve(hessian + 1e-9 * np.eye(len(weights)), gradient)
        predicted[~seen] = 1 / (1 + np.exp(-np.clip(x[~seen] @ weights, -30, 30)))
    return [float(value) for value in predicted]
