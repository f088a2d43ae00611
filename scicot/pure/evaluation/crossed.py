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
# How much of the questions' noise is taken off before the seeds' share decides on the critical
# value: with none the interval of like seeds is too wide, with all that of unlike ones too narrow.
NOISE_TAKEN, NOISE_TAKEN_OF_ONE = 0.5, 0.4
# With one degree of freedom no t quantile fits: it leaves 88 % where seeds differ much and 99 %
# where they do not. (share of the variance that the seeds seem to add, critical value), found by
# minimising the largest distance of the coverage from 95 % over true shares from 0 to 1.
ONE_DEGREE = ((0.0, 1.76), (0.04, 8.94), (0.08, 9.32), (0.12, 9.95), (0.2, 10.29), (1.0, 10.53))

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
    is how many standard errors its 95 % interval is wide on either side.
    """

    accuracy_a: float
    accuracy_b: float
    seeds_a: int
    seeds_b: int
    questions: int
    over_questions: float
    over_seeds: float
    critical: float

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
    def speaks_of_methods(self) -> bool:
        """True when enough seeds went in to speak of the methods and not of these runs."""
        return min(self.seeds_a, self.seeds_b) >= ENOUGH_SEEDS

    @property
    def needed(self) -> int | None:
        """How many questions would tell a true difference of this size with 80 % power.

        The seeds stay as many as they are; None where there is no difference, or where no number
        of questions would do because the seeds alone differ too much.
        """
        reach = NormalDist().inv_cdf(0.5 + LEVEL / 2) + NormalDist().inv_cdf(POWER)
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
    return measure_table(_table(seeds, ids), _clusters(ids, groups)) if ids else None


def compare_cells(
    seeds_a: Sequence[Answers], seeds_b: Sequence[Answers], groups: Groups | None = None
) -> CellDifference | None:
    """Return A - B over all seeds of both; None when fewer than two questions were answered by all.

    Questions of one group count as one draw.
    """
    ids = _common([*seeds_a, *seeds_b])
    if len(ids) < 2:
        return None
    return compare_tables(_table(seeds_a, ids), _table(seeds_b, ids), _clusters(ids, groups))


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
    parts = _Parts.of([table])
    over_questions, draws = _over_questions(table.mean(axis=1), clusters)
    variance = over_questions + parts.over_seeds
    worth = accuracy * (1 - accuracy) / variance if variance else float(draws)
    interval = _wilson(accuracy, worth, parts.critical(over_questions, draws))
    spread = math.sqrt(parts.over_seeds * seeds) if seeds > 1 else None
    return CellAccuracy(accuracy, interval, seeds, questions, spread)


def compare_tables(a: Table, b: Table, clusters: NDArray[Any] | None = None) -> CellDifference:
    """Return A - B of two tables `[questions, seeds]` over the same questions.

    The spread of the seeds is taken to be the same in both, so that a cell of one seed borrows it
    from the other. With one seed each it is unknown and left out.
    """
    parts = _Parts.of([a, b])
    over_questions, draws = _over_questions(a.mean(axis=1) - b.mean(axis=1), clusters)
    return CellDifference(
        accuracy_a=float(a.mean()),
        accuracy_b=float(b.mean()),
        seeds_a=a.shape[1],
        seeds_b=b.shape[1],
        questions=len(a),
        over_questions=over_questions,
        over_seeds=parts.over_seeds,
        critical=parts.critical(over_questions, draws),
    )


def _common(seeds: Sequence[Answers]) -> list[int]:
    return sorted(set.intersection(*(set(answers) for answers in seeds))) if seeds else []


def _table(seeds: Sequence[Answers], ids: Sequence[int]) -> Table:
    import numpy as np  # 0.1 s that most commands need not wait

    return np.array([[answers[key] for answers in seeds] for key in ids], dtype=float)


def _clusters(ids: Sequence[int], groups: Groups | None) -> NDArray[Any] | None:
    """Return a number for each question's group, its own where it has none; None without groups."""
    import numpy as np

    if not groups or not any(key in groups for key in ids):
        return None
    names = [groups.get(key, f"question {key}") for key in ids]
    return np.unique(names, return_inverse=True)[1]


def _over_questions(values: Table, clusters: NDArray[Any] | None) -> tuple[float, int]:
    """Return the variance of the values' mean over independent draws, and how many there are."""
    import numpy as np

    centred = values - values.mean()
    totals = centred if clusters is None else np.bincount(clusters, weights=centred)
    draws = len(totals)
    if draws < 2:
        return 0.0, draws
    return float((totals**2).sum()) * draws / (draws - 1) / len(values) ** 2, draws


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the seeds add to a variance: `raw` as it is seen, of which `noise` is the questions'.

    A seed's mean over n questions differs from the others' already because each seed happens to
    have other questions right; only what goes beyond that is the seeds' own.
    """

    raw: float
    noise: float
    degrees: int

    @classmethod
    def of(cls, tables: Sequence[Table]) -> _Parts:
        degrees = sum(table.shape[1] - 1 for table in tables)
        if degrees == 0:
            return cls(0.0, 0.0, 0)
        between = residual = 0.0
        for table in tables:
            questions = len(table)
            means = table.mean(axis=0) - table.mean()
            rows = table.mean(axis=1, keepdims=True) - table.mean()
            left = table - table.mean() - means - rows
            between += float((means**2).sum())  # of each seed's mean over the questions
            residual += float((left**2).sum()) / max(1, questions - 1) / questions
        share = sum(1 / table.shape[1] for table in tables)
        return cls(between / degrees * share, residual / degrees * share, degrees)

    @property
    def over_seeds(self) -> float:
        return max(0.0, self.raw - self.noise)

    def critical(self, over_questions: float, draws: int) -> float:
        """Return how many standard errors a 95 % interval takes on either side."""
        from scipy.special import stdtrit  # 0.3 s, and only several seeds need it

        variance = over_questions + self.over_seeds
        at = 0.5 + LEVEL / 2
        if self.degrees == 0 or variance == 0:
            return float(stdtrit(max(1, draws - 1), at))
        taken = NOISE_TAKEN_OF_ONE if self.degrees == 1 else NOISE_TAKEN
        seen = max(0.0, self.raw - taken * self.noise)
        share = min(1.0, seen / variance)
        if self.degrees == 1:
            import numpy as np

            shares, values = zip(*ONE_DEGREE, strict=True)
            return float(np.interp(share, shares, values))
        # Satterthwaite's power is 2; with few seeds the share itself is a guess, and less is safe
        power = 2 - 2 / self.degrees
        inverse = share**power / self.degrees + (1 - share) ** 2 / max(1, draws - 1)
        return float(stdtrit(1 / inverse, at))


def _wilson(share: float, n: float, z: float) -> Interval:
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))
