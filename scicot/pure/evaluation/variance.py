"""The variance of means over questions and seeds, from the mean squares of a two-way layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scicot.pure.evaluation.critical import critical_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[Any]  # [..., questions, seeds]: 1 where the seed is right


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


@dataclass(frozen=True, slots=True)
class SeedsPart:
    """What one cell's seeds add: `raw` as it is seen, `noise` what of it is the questions'."""

    raw: Any
    noise: Any
    degrees: int


def measure_variance(
    values: Table, varying: Sequence[Table], clusters: NDArray[Any] | None
) -> Variance:
    """Return the variance of the mean of `values` `[..., questions]`.

    `varying` are the cells' tables whose seeds add to it; `clusters` numbers the questions' groups.
    """
    import numpy as np

    over_questions, draws = _over_questions(values, clusters)
    parts = _seed_parts(varying)
    raw = sum((part.raw for part in parts), np.zeros_like(over_questions))
    noise = sum((part.noise for part in parts), np.zeros_like(over_questions))
    over_seeds = np.maximum(0.0, raw - noise)
    known = np.maximum(0.0, over_questions - noise)
    variance = over_questions + over_seeds
    # the questions' own part and the seeds' means as they are make the same variance, but one that
    # is not cut off at zero: what decides on the interval
    scale = np.sqrt(
        np.divide(known + raw, variance, out=np.ones_like(variance), where=variance > 0)
    )
    critical = critical_value(known, [(part.raw, part.degrees) for part in parts], draws)
    return Variance(over_questions, over_seeds, critical * scale, draws)


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


def _seed_parts(tables: Sequence[Table]) -> list[SeedsPart]:
    """Return what each cell of several seeds adds; it lends its spread to the cells of one seed."""
    several = [table for table in tables if table.shape[-1] > 1]
    alone = len(tables) - len(several)
    return [_seed_part(table, alone) for table in several]


def _seed_part(table: Table, borrowers: int) -> SeedsPart:
    """Return what the means of a cell's seeds add to the variance of its accuracy.

    A seed's mean over n questions differs from the others' already because each seed happens to
    have other questions right; only what goes beyond that is the seeds' own.
    """
    questions, seeds = table.shape[-2:]
    mean = table.mean(axis=(-2, -1), keepdims=True)
    means = table.mean(axis=-2, keepdims=True) - mean
    rows = table.mean(axis=-1, keepdims=True) - mean
    left = table - mean - means - rows
    residual = (left**2).sum(axis=(-2, -1)) / max(1, questions - 1) / questions
    share = (1 / seeds + borrowers) / (seeds - 1)
    return SeedsPart((means**2).sum(axis=(-2, -1)) * share, residual * share, seeds - 1)
