"""How often the intervals over questions and seeds hold the truth, by simulation.

A question, a question under one method, and a seed each have an effect on a normal scale; an answer
is right where their sum and an error of its own are above zero. The true accuracy then is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from scicot.pure.evaluation.crossed import cell_variance, difference_variance
from scicot.pure.evaluation.variance import wilson_bounds

SHARED, OWN = 1.0, 0.7  # what a question adds under every method, and under one
SCALE = math.sqrt(1 + SHARED**2 + OWN**2)
RIGHT = 0.42  # the share of right answers
SEEDS = (2, 3, 5, 10)
SPREADS = (0.0, 1.0, 2.0, 4.0)  # points between seeds (standard deviation)
QUESTIONS = (100, 300, 1172)
UNLIKE_SEEDS = ((2, 2), (2, 3), (2, 10), (3, 3), (3, 5), (3, 10), (10, 10))  # of A and of B
UNLIKE_SPREADS = ((4.0, 0.0), (0.0, 4.0), (3.0, 1.0))
AT_ONCE = 250  # experiments


@dataclass(frozen=True, slots=True)
class SimulatedCell:
    """How many seeds a method has, and how many points they spread (a standard deviation)."""

    seeds: int
    spread_points: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often 95 % intervals held the truth, and what a t interval over seeds would have.

    `cell` and `over_seeds_alone` are of A's accuracy, `difference` of A - B.
    """

    questions: int
    right: float
    a: SimulatedCell
    b: SimulatedCell
    cell: float
    difference: float
    untrained: float  # of A's difference to a student that is the same with every seed
    over_seeds_alone: float
    called_different: float  # A and B said to differ, which are equal where they spread alike
    width_points: float  # of the difference's interval, on average


def simulate_coverage(
    questions: int,
    a: SimulatedCell,
    b: SimulatedCell,
    repeats: int,
    right: float = RIGHT,
    seed: int = 0,
) -> Coverage:
    """Return the coverage for such cells over so many questions; `right` is a share."""
    numbers = [seed, questions, round(right * 100)]
    numbers += [
        number for cell in (a, b) for number in (cell.seeds, round(cell.spread_points * 10))
    ]
    chance = np.random.default_rng(numbers)
    base = NormalDist().inv_cdf(right) * SCALE
    truth, truth_b = (_accuracy(base, _on_scale(cell.spread_points, base)) for cell in (a, b))
    held = np.zeros(6)
    for start in range(0, repeats, AT_ONCE):
        drawn = min(AT_ONCE, repeats - start)
        shared = base + SHARED * chance.normal(size=(drawn, questions, 1))
        of_a, of_b, same = (
            _draw(chance, shared, cell.seeds, _on_scale(cell.spread_points, base))
            for cell in (a, b, SimulatedCell(1, 0.0))
        )
        accuracy = of_a.mean(axis=(1, 2))
        difference = accuracy - of_b.mean(axis=(1, 2))
        half = np.asarray(difference_variance(of_a, of_b).half)
        gained = accuracy - same.mean(axis=(1, 2))
        reach = np.asarray(difference_variance(of_a, same, vary=(True, False)).half)
        low, high = wilson_bounds(accuracy, cell_variance(of_a))
        means = of_a.mean(axis=1)
        alone = stdtrit(a.seeds - 1, 0.975) * means.std(axis=1, ddof=1) / math.sqrt(a.seeds)
        held += (
            ((low <= truth) & (truth <= high)).sum(),
            (np.abs(difference - (truth - truth_b)) <= half).sum(),
            (np.abs(gained - (truth - right)) <= reach).sum(),
            (np.abs(accuracy - truth) <= alone).sum(),
            (np.abs(difference) > half).sum(),
            200 * half.sum(),
        )
    return Coverage(questions, right, a, b, *(float(count) / repeats for count in held))


def bench_coverage(
    repeats: int,
    questions: Sequence[int] = QUESTIONS,
    right: float = RIGHT,
) -> list[Coverage]:
    """Return the coverage of cells that are alike and of cells that are not."""
    cells = [SimulatedCell(seeds, spread) for seeds in SEEDS for spread in SPREADS]
    pairs = [(cell, cell) for cell in cells] + [
        (SimulatedCell(seeds_a, spread_a), SimulatedCell(seeds_b, spread_b))
        for seeds_a, seeds_b in UNLIKE_SEEDS
        for spread_a, spread_b in UNLIKE_SPREADS
    ]
    return [simulate_coverage(count, a, b, repeats, right) for count in questions for a, b in pairs]


def to_markdown(rows: Sequence[Coverage]) -> str:
    """Return the coverage as a table in percent; of two numbers "A / B" where they are unlike."""
    heads = (
        "questions",
        "seeds",
        "spread of seeds, points",
        "cell",
        "difference",
        "its width, points",
        "to one untrained",
        "t over seeds alone",
    )
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join(["--:"] * len(heads)) + " |"]
    for row in rows:
        cells = [
            f"{row.questions:,}",
            _say_both(row.a.seeds, row.b.seeds, row.a == row.b),
            _say_both(row.a.spread_points, row.b.spread_points, row.a == row.b),
            f"{row.cell * 100:.1f}",
            f"{row.difference * 100:.1f}",
            f"{row.width_points:.1f}",
            f"{row.untrained * 100:.1f}",
            f"{row.over_seeds_alone * 100:.1f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _say_both(a: float, b: float, alike: bool) -> str:
    return f"{a:g}" if alike else f"{a:g} / {b:g}"


def _draw(
    chance: np.random.Generator, shared: NDArray[Any], seeds: int, spread: float
) -> NDArray[Any]:
    drawn, questions, _ = shared.shape
    own = OWN * chance.normal(size=(drawn, questions, 1))
    of_seed = spread * chance.normal(size=(drawn, 1, seeds))
    latent = shared + own + of_seed + chance.normal(size=(drawn, questions, seeds))
    return (latent > 0).astype(float)


def _accuracy(base: float, spread: float) -> float:
    return NormalDist().cdf(base / math.sqrt(SCALE**2 + spread**2))


def _on_scale(points: float, base: float) -> float:
    """Return the effect on the normal scale that makes seeds differ by so many points."""
    return points / 100 * SCALE / NormalDist().pdf(base / SCALE)
