"""How many standard errors a 95 % interval takes when few seeds tell a part of the variance.

`docs/method.md` has the formulas and the coverage that a quadrature and a simulation found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

from scicot.pure.statistics import LEVEL

# With one degree of freedom no t quantile fits: Student's leaves 87 % where the seeds make half of
# the variance. (share of the variance that the seeds seem to make, critical value), found by least
# squares on the coverage over true shares from 0 to 1.
ONE_DEGREE = ((0.0, 1.87), (0.1, 1.87), (0.3, 10.6), (1.0, 10.6))
# How far the power falls below Satterthwaite's 2 for the cell with fewer seeds: so far
# that 2 seeds beside 3 to 10 leave 93 %, however the two cells' seeds spread.
FEWER = 1.6
# What two cells of one degree each have above one counts so much more: as much as leaves 93 % where
# the seeds of one alone spread, and no more than 97 % where both do.
TWO_OF_ONE = 1.5
USUAL = NormalDist().inv_cdf(0.5 + LEVEL / 2)


def critical_value(known: Any, seeds: Sequence[tuple[Any, int]], draws: int) -> Any:
    """Return how many standard errors a 95 % interval takes, for a number or an array of them.

    The variance is `known` (over so many independent draws) and what each cell of `seeds` adds:
    (the variance of its seeds' mean as it is seen, its degrees of freedom). Welch and
    Satterthwaite's approximation, with a smaller power while degrees are few, because the share
    of the seeds then is a guess itself.
    """
    import numpy as np
    from scipy.special import stdtrit  # 0.3 s, and only several seeds need it

    at = 0.5 + LEVEL / 2
    if not seeds:
        return np.full(np.shape(known), stdtrit(max(1, draws - 1), at))
    raw = sum(part for part, _ in seeds)
    variance = known + raw
    share = np.divide(raw, variance, out=np.zeros_like(variance), where=variance > 0)
    degrees = join_degrees(seeds)
    enough = np.maximum(degrees, 2.0)
    lower = 1.5 if len(seeds) == 1 else 2.0  # of two cells the degrees are a guess as well
    inverse = share ** (2 - lower / enough) / enough + (1 - share) ** 2 / max(1, draws - 1)
    shares, values = zip(*ONE_DEGREE, strict=True)
    nearness = np.maximum(0.0, 2 / degrees - 1) ** 2  # to one degree: 0 from two degrees on
    student = stdtrit(1 / inverse, at)
    return student + nearness * (np.interp(share, shares, values) - student)


def join_degrees(seeds: Sequence[tuple[Any, int]]) -> Any:
    """Return the degrees of freedom of the sum of the cells' variances, each (variance, degrees).

    Satterthwaite's, with a smaller power for the cell with fewer degrees: where its variance
    happens to be seen too small, the other's degrees would count in its stead. Never fewer than
    one cell's, nor more than all together.
    """
    import numpy as np

    raw = sum(part for part, _ in seeds)
    most = max(degrees for _, degrees in seeds)
    inverse: Any = 0.0
    for part, degrees in seeds:
        share = np.divide(part, raw, out=np.full(np.shape(raw), 1 / len(seeds)), where=raw > 0)
        power = 2 - FEWER * math.sqrt(1 - degrees / most) / degrees**2
        inverse = inverse + share**power / degrees
    fewest = min(degrees for _, degrees in seeds)
    joined = 1 / inverse
    if most == 1:
        joined = 1 + TWO_OF_ONE * (joined - 1)
    return np.clip(joined, fewest, sum(degrees for _, degrees in seeds))


def two_sided_p(errors: float, critical: float) -> float:
    """Return the p-value of so many standard errors where a 95 % interval takes `critical` ones."""
    if critical <= USUAL * 1.000001:
        return 2 * NormalDist().cdf(-errors * USUAL / critical)
    from scipy.special import stdtr, stdtrit  # 0.3 s, and only this needs it

    few, many = math.log(0.1), math.log(1e7)
    for _ in range(80):  # the quantile falls as the degrees rise
        middle = (few + many) / 2
        if stdtrit(math.exp(middle), 0.5 + LEVEL / 2) > critical:
            few = middle
        else:
            many = middle
    return float(2 * stdtr(math.exp(many), -errors))
