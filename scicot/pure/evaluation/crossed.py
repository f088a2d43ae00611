"""Seeds put together: how sure a cell's accuracy is, and the difference between two cells.

A cell is all seeds of one method with the same settings. Its seeds answer the same questions, so
that both are drawn at random and crossed: the variance of a cell's accuracy is that over
questions plus what the seeds add to it. Both come in closed form from the mean squares of a
two-way layout; `docs/method.md` has the formulas and the coverage that a simulation found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from scicot.pure.statistics import LEVEL, POWER, Interval, wilson_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[Any]  # [questions, seeds]: 1 where the seed is right

ENOUGH_SEEDS = 3  # from here on a sentence speaks of methods, before of runs
MARGIN = 0.02  # what "no worse" allows, as a fraction
# With one degree of freedom no t quantile fits: Student's leaves 87 % where the seeds make half of
# the variance. (share of the variance that the seeds seem to make, critical value), found by least
# squares on the coverage over true shares from 0 to 1.
ONE_DEGREE = ((0.0, 1.87), (0.1, 1.87), (0.3, 10.6), (1.0, 10.6))

Answers = Mapping[int, bool]  # whether one seed is right, by question id
Groups = Mapping[int, str]  # the passage or family that questions share, by question id


@dataclass(frozen=True, slots=True)
class CellAccuracy:
    """The accuracy of a cell with its 95 % interval over questions and seeds.

    `seed_spread` is how far a seed lies from the mean of all seeds (a standard deviation), beyond
    what the questions make of it; None for one seed.
    """

    accuracy: float
    interval: Interval | None
    seeds: int
    questions: int
    seed_spread: float | None = None


@dataclass(frozen=True, slots=True)
class CellDifference:
    """A - B over all seeds of both cells on the questions that all of them answered.

    `over_questions` and `over_seeds` are the two parts of the difference's variance; `critical`
    is how many standard errors its 95 % interval is wide on either side. `varies_a` and `varies_b`
    say of which cell another seed would be another student; an untrained one is always the same.
    """

    accuracy_a: float
    accuracy_b: float
    seeds_a: int
    seeds_b: int
    questions: int
    over_questions: float
    over_seeds: float
    critical: float
    varies_a: bool = True
    varies_b: bool = True

    @property
    def difference(self) -> float:
        """Accuracy of A minus accuracy of B."""
        return self.accuracy_a - self.accuracy_b

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the difference, over questions and seeds."""
        half = self.critical * math.sqrt(self.over_questions + self.over_seeds)
        return Interval(max(-1.0, self.difference - half), min(1.0, self.difference + half))

    @property
    def is_told_apart(self) -> bool:
        """True when the interval does not hold zero."""
        return self.interval.low > 0 or self.interval.high < 0

    @property
    def p(self) -> float:
        """The two-sided p-value that belongs to the interval: below 0.05 where it excludes zero.

        Student's, with the degrees of freedom whose 95 % interval takes as many standard errors;
        the normal distribution's, to the interval's scale, where that takes fewer than its own.
        """
        error = math.sqrt(self.over_questions + self.over_seeds)
        if error == 0:
            return 0.0 if self.difference else 1.0
        return two_sided_p(abs(self.difference) / error, self.critical)

    @property
    def speaks_of_methods(self) -> bool:
        """True when enough seeds went in to speak of the methods and not of these runs."""
        return all(seeds >= ENOUGH_SEEDS for seeds in self.varying)

    @property
    def varying(self) -> tuple[int, ...]:
        """The seeds of each cell whose students differ by seed."""
        cells = ((self.seeds_a, self.varies_a), (self.seeds_b, self.varies_b))
        return tuple(seeds for seeds, varies in cells if varies)

    @property
    def needed(self) -> int | None:
        """How many questions would tell a true difference of this size with 80 % power.

        The seeds stay as many as they are; None where there is no difference, or where no number
        of questions would do because the seeds alone differ too much.
        """
        usual = NormalDist().inv_cdf(0.5 + LEVEL / 2)
        reach = max(usual, self.critical) + NormalDist().inv_cdf(POWER)
        allowed = (self.difference / reach) ** 2 - self.over_seeds
        if allowed <= 0 or self.over_questions == 0:
            return None
        return math.ceil(self.questions * self.over_questions / allowed)

    def is_no_worse(self, margin: float = MARGIN) -> bool:
        """Return whether the interval rules out that A is worse than B by more than the margin."""
        return self.interval.low > -margin


def measure_cell(seeds: Sequence[Answers], groups: Groups | None = None) -> CellAccuracy | None:
    """Return the accuracy of all seeds of a cell; None when no question was answered by all.

    Questions of one group count as one draw.
    """
    ids = _common(seeds)
    return measure_table(_table(seeds, ids), number_groups(ids, groups)) if ids else None


def compare_cells(
    seeds_a: Sequence[Answers],
    seeds_b: Sequence[Answers],
    groups: Groups | None = None,
    vary: tuple[bool, bool] = (True, True),
) -> CellDifference | None:
    """Return A - B over all seeds of both; None when fewer than two questions were answered by all.

    Questions of one group count as one draw. `vary` says whether another seed of A, and of B,
    would be another student.
    """
    ids = _common([*seeds_a, *seeds_b])
    if len(ids) < 2:
        return None
    return compare_tables(
        _table(seeds_a, ids), _table(seeds_b, ids), number_groups(ids, groups), vary
    )


def measure_table(table: Table, clusters: NDArray[Any] | None = None) -> CellAccuracy:
    """Return the accuracy of a table `[questions, seeds]` of zeros and ones.

    One seed has Wilson's interval. Several have Wilson's with the questions that such a variance
    is worth, so that the interval never leaves 0 to 1. `clusters` numbers the questions' groups.
    """
    questions, seeds = table.shape
    accuracy = float(table.mean())
    if seeds == 1 and clusters is None:
        interval = wilson_interval(round(float(table.sum())), questions)
        return CellAccuracy(accuracy, interval, 1, questions)
    found = cell_variance(table, clusters)
    low, high = wilson_bounds(accuracy, found)
    spread = math.sqrt(found.over_seeds * seeds) if seeds > 1 else None
    return CellAccuracy(accuracy, Interval(float(low), float(high)), seeds, questions, spread)


def compare_tables(
    a: Table,
    b: Table,
    clusters: NDArray[Any] | None = None,
    vary: tuple[bool, bool] = (True, True),
) -> CellDifference:
    """Return A - B of two tables `[questions, seeds]` over the same questions.

    The spread of the seeds is taken to be the same in both, so that a cell of one seed borrows it
    from the other; one that does not vary has none. With one seed each it is unknown and left out.
    """
    found = difference_variance(a, b, clusters, vary)
    over_questions = float(found.over_questions)
    if over_questions == 0 and found.over_seeds == 0:
        half = half_without_spread(float(a.mean() - b.mean()), found.draws)
        over_questions = (half / float(found.critical)) ** 2
    return CellDifference(
        accuracy_a=float(a.mean()),
        accuracy_b=float(b.mean()),
        seeds_a=a.shape[1],
        seeds_b=b.shape[1],
        questions=len(a),
        over_questions=over_questions,
        over_seeds=float(found.over_seeds),
        critical=float(found.critical),
        varies_a=vary[0],
        varies_b=vary[1],
    )


def half_without_spread(difference: float, draws: int) -> float:
    """Return half the interval of a difference that is the same on every question.

    So many draws without another outcome rule out, by the rule of three, that more than this share
    has one; it may be as far from the difference as the other end of -1 to 1.
    """
    other = 1.0 - math.pow(1 - LEVEL, 1 / max(1, draws))
    return other * (1 + abs(difference))


def _common(seeds: Sequence[Answers]) -> list[int]:
    return sorted(set.intersection(*(set(answers) for answers in seeds))) if seeds else []


def _table(seeds: Sequence[Answers], ids: Sequence[int]) -> Table:
    import numpy as np  # 0.1 s that most commands need not wait

    return np.array([[answers[key] for answers in seeds] for key in ids], dtype=float)


def number_groups(ids: Sequence[int], groups: Groups | None) -> NDArray[Any] | None:
    """Return a number for each question's group, its own where it has none; None without groups."""
    import numpy as np

    if not groups or not any(key in groups for key in ids):
        return None
    names = [groups.get(key, f"question {key}") for key in ids]
    return np.unique(names, return_inverse=True)[1]


@dataclass(frozen=True, slots=True)
class Variance:
    """The two parts of a mean's variance, and how many standard errors its 95 % interval takes.

    Numbers, or arrays of numbers: one for each of several experiments.
    """

    over_questions: Any
    over_seeds: Any
    critical: Any
    draws: int

    @property
    def half(self) -> Any:
        """Half the width of the interval."""
        return self.critical * (self.over_questions + self.over_seeds) ** 0.5


def cell_variance(table: Table, clusters: NDArray[Any] | None = None) -> Variance:
    """Return the variance of a cell's accuracy; `table` is `[..., questions, seeds]`."""
    over_questions, draws = _over_questions(table.mean(axis=-1), clusters)
    return _put_together([table], over_questions, draws)


def difference_variance(
    a: Table,
    b: Table,
    clusters: NDArray[Any] | None = None,
    vary: tuple[bool, bool] = (True, True),
) -> Variance:
    """Return the variance of A - B; the tables are `[..., questions, seeds]`."""
    over_questions, draws = _over_questions(a.mean(axis=-1) - b.mean(axis=-1), clusters)
    varying = [table for table, varies in zip((a, b), vary, strict=True) if varies]
    return _put_together(varying, over_questions, draws)


def _over_questions(values: Table, clusters: NDArray[Any] | None) -> tuple[Any, int]:
    """Return the variance of the values' mean over independent draws, and how many there are."""
    import numpy as np

    totals = values - values.mean(axis=-1, keepdims=True)
    if clusters is not None:
        totals = np.bincount(clusters, weights=totals)
    draws = totals.shape[-1]
    if draws < 2:
        return np.zeros(values.shape[:-1]), draws
    return (totals**2).sum(axis=-1) * draws / (draws - 1) / values.shape[-1] ** 2, draws


def _put_together(tables: Sequence[Table], over_questions: Any, draws: int) -> Variance:
    import numpy as np

    raw, noise, degrees = _seed_variance(tables)
    over_seeds = np.maximum(0.0, raw - noise)
    known = np.maximum(0.0, over_questions - noise)
    variance = over_questions + over_seeds
    # the questions' own part and the seeds' means as they are make the same variance, but one that
    # is not cut off at zero: what decides on the interval
    scale = np.sqrt(
        np.divide(known + raw, variance, out=np.ones_like(variance), where=variance > 0)
    )
    critical = critical_value(known, raw, degrees, draws) * (scale if degrees else 1.0)
    return Variance(over_questions, over_seeds, critical, draws)


def _seed_variance(tables: Sequence[Table]) -> tuple[Any, Any, int]:
    """Return what the seeds' means say of a variance, what of it is the questions', and degrees.

    A seed's mean over n questions differs from the others' already because each seed happens to
    have other questions right; only what goes beyond that is the seeds' own.
    """
    degrees = sum(table.shape[-1] - 1 for table in tables)
    between: Any = 0.0
    residual: Any = 0.0
    for table in tables:
        questions = table.shape[-2]
        mean = table.mean(axis=(-2, -1), keepdims=True)
        means = table.mean(axis=-2, keepdims=True) - mean
        rows = table.mean(axis=-1, keepdims=True) - mean
        left = table - mean - means - rows
        between = between + (means**2).sum(axis=(-2, -1))
        residual = residual + (left**2).sum(axis=(-2, -1)) / max(1, questions - 1) / questions
    share = sum(1 / table.shape[-1] for table in tables) / max(1, degrees)
    return between * share, residual * share, degrees


def critical_value(known: Any, raw: Any, degrees: int, draws: int) -> Any:
    """Return how many standard errors a 95 % interval takes whose variance is `known` + `raw`.

    `raw` was estimated with so few `degrees` of freedom. Welch and Satterthwaite's approximation,
    with a smaller power while they are few, because the share of `raw` then is a guess itself.
    """
    import numpy as np
    from scipy.special import stdtrit  # 0.3 s, and only several seeds need it

    at = 0.5 + LEVEL / 2
    if degrees == 0:
        return np.full(np.shape(known), stdtrit(max(1, draws - 1), at))
    variance = known + raw
    share = np.divide(raw, variance, out=np.zeros_like(variance), where=variance > 0)
    if degrees == 1:
        shares, values = zip(*ONE_DEGREE, strict=True)
        return np.interp(share, shares, values)
    power = 2 - 1.5 / degrees
    inverse = share**power / degrees + (1 - share) ** 2 / max(1, draws - 1)
    return stdtrit(1 / inverse, at)


def two_sided_p(errors: float, critical: float) -> float:
    """Return the p-value of so many standard errors where a 95 % interval takes `critical` ones."""
    usual = NormalDist().inv_cdf(0.5 + LEVEL / 2)
    if critical <= usual * 1.000001:
        return 2 * NormalDist().cdf(-errors * usual / critical)
    from scipy.special import stdtr, stdtrit  # 0.3 s, and only this needs it

    few, many = math.log(0.1), math.log(1e7)
    for _ in range(80):  # the quantile falls as the degrees rise
        middle = (few + many) / 2
        if stdtrit(math.exp(middle), 0.5 + LEVEL / 2) > critical:
            few = middle
        else:
            many = middle
    return float(2 * stdtr(math.exp(many), -errors))


def wilson_bounds(share: Any, found: Variance) -> tuple[Any, Any]:
    """Return Wilson's interval with the questions that a variance is worth: within 0 to 1."""
    import numpy as np

    variance = np.asarray(found.over_questions + found.over_seeds, dtype=float)
    worth = np.divide(
        share * (1 - share), variance, out=np.full_like(variance, found.draws), where=variance > 0
    )
    z = found.critical
    centre = (share + z * z / (2 * worth)) / (1 + z * z / worth)
    half = (
        z / (1 + z * z / worth) * np.sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth))
    )
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)
