"""How sure one can be: intervals and tests for accuracies and for paired differences.

Proportions and differences are fractions, never percent. Everything is checked against
statsmodels and scipy in the tests; the short formulas are written out here because importing
statsmodels costs a page 1.5 s.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist, mean, stdev

LEVEL = 0.95
ALPHA = 0.05
POWER = 0.8
RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that holds the true value with the stated confidence (95 % unless told)."""

    low: float
    high: float

    def to_words(self, form: str = ".0f", *, scale: int = 100) -> str:
        """Return "12 to 34", in percent unless `scale` is 1; `form` is both numbers' format."""
        return f"{self.low * scale:{form}} to {self.high * scale:{form}}"

    def in_brackets(self, form: str = ".0f", *, scale: int = 100) -> str:
        """Return "[12, 34]", in percent unless `scale` is 1; `form` is both numbers' format."""
        return f"[{self.low * scale:{form}}, {self.high * scale:{form}}]"

    @property
    def of_size(self) -> Interval:
        """The interval of a difference's size, for one that does not hold zero."""
        return Interval(*sorted((abs(self.low), abs(self.high))))


def wilson_interval(successes: int, n: int, level: float = LEVEL) -> Interval | None:
    """Return Wilson's score interval of a proportion; None when nothing was counted."""
    if n == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def difference_of_shares(first: int, n_first: int, second: int, n_second: int) -> Interval:
    """Return the interval of the difference of two independent shares (Newcombe's method 10)."""
    a, b = wilson_interval(first, n_first), wilson_interval(second, n_second)
    assert a is not None
    assert b is not None
    share_a, share_b = first / n_first, second / n_second
    difference = share_a - share_b
    return Interval(
        difference - math.hypot(share_a - a.low, b.high - share_b),
        difference + math.hypot(a.high - share_a, share_b - b.low),
    )


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """Return Student's t interval of a mean over runs; None for fewer than two."""
    if len(values) < 2:
        return None
    from scipy.special import stdtrit  # 0.3 s, and only several seeds need it

    t = float(stdtrit(len(values) - 1, 0.5 + level / 2))
    half = t * stdev(values) / math.sqrt(len(values))
    return Interval(mean(values) - half, mean(values) + half)


@lru_cache(maxsize=1024)
def mcnemar_mid_p(only_a: int, only_b: int) -> float:
    """Return McNemar's two-sided mid-p from the two discordant counts; 1.0 when both are 0.

    The exact binomial p minus half the probability of what was observed, doubled (Fagerland,
    Lydersen and Laake 2013).
    """
    n = only_a + only_b
    smaller = min(only_a, only_b)
    # Whole numbers: a float would underflow beyond 1,074 discordant questions.
    ways = tail = 1  # ways of 0 of n; each next number of ways follows from the one before
    for k in range(smaller):
        ways = ways * (n - k) // (k + 1)
        tail += ways
    doubled = 2 * tail - ways
    return min(1.0, doubled / (1 << n))


@lru_cache(maxsize=1024)
def bootstrap_difference(
    only_a: int,
    only_b: int,
    n: int,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Interval | None:
    """Return the paired bootstrap interval (percentiles) of accuracy A - accuracy B.

    A question counts +1, -1 or 0, so drawing n questions with replacement is one draw from the
    multinomial distribution of the three counts. None when no question was matched.
    """
    if n == 0:
        return None
    import numpy as np  # 0.1 s that most commands need not wait

    shares = [only_a / n, only_b / n, (n - only_a - only_b) / n]
    drawn = np.random.default_rng(seed).multinomial(n, shares, size=resamples)
    differences = (drawn[:, 0] - drawn[:, 1]) / n
    low, high = np.quantile(differences, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(float(low), float(high))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values, in the order given."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def questions_needed(
    only_a: int, only_b: int, n: int, *, alpha: float = ALPHA, power: float = POWER
) -> int | None:
    """Return how many paired questions would tell a difference of this size (Connor 1987).

    Two-sided McNemar test at `alpha` with `power`, if runs went on disagreeing at this rate.
    None when there is no difference to tell.
    """
    if n == 0 or only_a == only_b:
        return None
    difference = abs(only_a - only_b) / n
    discordant = (only_a + only_b) / n
    z_alpha = NormalDist().inv_cdf(1 - alpha / 2)
    z_power = NormalDist().inv_cdf(power)
    root = z_alpha * math.sqrt(discordant) + z_power * math.sqrt(discordant - difference**2)
    return math.ceil((root / difference) ** 2)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two people agree on a yes or no: share alike, Cohen's kappa and its interval.

    `kappa` is None where chance alone would make them agree every time.
    """

    n: int
    share: float
    kappa: float | None
    interval: Interval | None


def cohens_kappa(both: int, only_first: int, only_second: int, neither: int) -> Agreement | None:
    """Return the agreement of two people on one yes-or-no; None when they share no item."""
    n = both + only_first + only_second + neither
    if n == 0:
        return None
    cells = ((both / n, only_first / n), (only_second / n, neither / n))
    rows = [sum(row) for row in cells]
    columns = [sum(column) for column in zip(*cells, strict=True)]
    share = cells[0][0] + cells[1][1]
    chance = sum(row * column for row, column in zip(rows, columns, strict=True))
    if math.isclose(chance, 1.0):
        return Agreement(n, share, None, None)
    kappa = (share - chance) / (1 - chance)
    # Fleiss, Cohen and Everitt 1969: the variance when kappa is not taken to be 0
    on = sum(cells[i][i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in (0, 1))
    off = sum(cells[i][1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in (0, 1))
    spread = max(0.0, on + (1 - kappa) ** 2 * off - (kappa - chance * (1 - kappa)) ** 2)
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * math.sqrt(spread / n) / (1 - chance)
    return Agreement(n, share, kappa, Interval(kappa - half, min(1.0, kappa + half)))
