"""The probability that a rationale is rejected, fitted on verdicts, and its calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scicot.pure.statistics import Interval, wilson_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

FOLDS = 5
RIDGE = 1.0  # holds the weights of few verdicts near zero
STEPS = 25  # Newton's; it converges in under ten
BINS = 5  # of the calibration, with equally many verdicts each


@dataclass(frozen=True, slots=True)
class RejectionFit:
    """A logistic regression: the weight of each feature as it is, and where it is zero.

    A feature that is not known of a rationale counts as its mean.
    """

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Verdicts of about one predicted probability, and the share that was really rejected."""

    predicted: float
    rejected: float
    interval: Interval | None
    verdicts: int


def fit_logistic(x: Array, y: Array) -> Array:
    """Return the weights `[1 + features]` of a ridge logistic regression; x holds a column of 1."""
    import numpy as np

    penalty = RIDGE * np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (p - y) + penalty @ weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty
        weights = weights - np.linalg.solve(hessian + 1e-9 * np.eye(len(weights)), gradient)
    return weights


def standardised(features: Sequence[Sequence[float]]) -> tuple[Array, Array, Array]:
    """Return the features with mean 0 and spread 1 behind a column of 1, the means, the spreads."""
    import numpy as np

    x = np.asarray(features, dtype=float)
    means, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    return np.column_stack([np.ones(len(x)), (x - means) / spread]), means, spread


def predict_unseen(
    features: Sequence[Sequence[float]], is_rejected: Sequence[bool]
) -> list[float] | None:
    """Return each item's probability of rejection by a fit on the other four of five parts.

    None where a part's training items are of one kind.
    """
    import numpy as np

    y = np.asarray(is_rejected, dtype=float)
    if len(y) < 2 * FOLDS:
        return None
    x, _, _ = standardised(features)
    predicted = np.zeros(len(y))
    folds = np.arange(len(y)) % FOLDS
    for fold in range(FOLDS):
        seen = folds != fold
        if len(set(y[seen])) < 2:
            return None
        weights = fit_logistic(x[seen], y[seen])
        predicted[~seen] = 1 / (1 + np.exp(-np.clip(x[~seen] @ weights, -30, 30)))
    return [float(value) for value in predicted]


def fit_rejection(
    names: Sequence[str], features: Sequence[Sequence[float]], is_rejected: Sequence[bool]
) -> RejectionFit:
    """Return the fit on all verdicts, in the features' own units."""
    import numpy as np

    x, means, spread = standardised(features)
    weights = fit_logistic(x, np.asarray(is_rejected, dtype=float))
    own = weights[1:] / spread
    return RejectionFit(
        intercept=float(weights[0] - own @ means),
        weights=dict(zip(names, map(float, own), strict=True)),
        means=dict(zip(names, map(float, means), strict=True)),
    )


def calibrate(predicted: Sequence[float], is_rejected: Sequence[bool]) -> list[CalibrationBin]:
    """Return what became of verdicts in bins of equally many, the likeliest rejected last."""
    pairs = sorted(zip(predicted, is_rejected, strict=True))
    size = max(1, -(-len(pairs) // BINS))
    bins = []
    for start in range(0, len(pairs), size):
        part = pairs[start : start + size]
        rejected = sum(was for _, was in part)
        bins.append(
            CalibrationBin(
                predicted=sum(value for value, _ in part) / len(part),
                rejected=rejected / len(part),
                interval=wilson_interval(rejected, len(part)),
                verdicts=len(part),
            )
        )
    return bins
