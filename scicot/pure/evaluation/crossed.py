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

from scicot.pure.evaluation.critical import USUAL, two_sided_p
from scicot.pure.evaluation.variance import Variance, measure_variance, wilson_bounds
from scicot.pure.statistics import LEVEL, POWER, Interval, wilson_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[Any]  # [questions, seeds]: 1 where the seed is right

ENOUGH_SEEDS = 3  # from here on a sentence speaks of methods, before of runs
MARGIN = 0.02  # what "no worse" allows, as a fraction

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
        reach = max(USUAL, self.critical) + NormalDist().inv_cdf(POWER)
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

    Each cell's seeds have a spread of their own. A cell of one seed borrows the other's; one that
    does not vary has none. With one seed each it is unknown and left out.
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


def cell_variance(table: Table, clusters: NDArray[Any] | None = None) -> Variance:
    """Return the variance of a cell's accuracy; `table` is `[..., questions, seeds]`."""
    return measure_variance(table.mean(axis=-1), [table], clusters)


def difference_variance(
    a: Table,
    b: Table,
    clusters: NDArray[Any] | None = None,
    vary: tuple[bool, bool] = (True, True),
) -> Variance:
    """Return the variance of A - B; the tables are `[..., questions, seeds]`."""
    varying = [table for table, varies in zip((a, b), vary, strict=True) if varies]
    return measure_variance(a.mean(axis=-1) - b.mean(axis=-1), varying, clusters)
