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

from scicot.pure.evaluation.crossed import cell_variance, difference_variance, wilson_bounds

SHARED, OWN = 1.0, 0.7  # what a question adds under every method, and under one
BASE = -0.3  # makes about 42 % right
SEEDS = (2, 3, 5, 10)
SPREADS = (0.0, 1.0, 2.0, 4.0)  # points between seeds (standard deviation)
QUESTIONS = (100, 300, 1172)
AT_ONCE = 250  # experiments


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often 95 % intervals held the truth, and what a t interval over seeds would have."""

    questions: int
    seeds: int
    spread_points: float
    cell: float
    difference: float
    untrained: float  # of a difference to a student that is the same with every seed
    over_seeds_alone: float
    called_different: float  # equal methods that would be said to differ


def simulate_coverage(
    questions: int, seeds: int, spread_points: float, repeats: int, seed: int = 0
) -> Coverage:
    """Return the coverage for cells of so many seeds over so many questions."""
    chance = np.random.default_rng([seed, questions, seeds, round(spread_points * 10)])
    spread = _on_scale(spread_points)
    truth = NormalDist().cdf(BASE / math.sqrt(1 + SHARED**2 + OWN**2 + spread**2))
    always = NormalDist().cdf(BASE / math.sqrt(1 + SHARED**2 + OWN**2))
    held = np.zeros(5)
    for start in range(0, repeats, AT_ONCE):
        drawn = min(AT_ONCE, repeats - start)
        shared = SHARED * chance.normal(size=(drawn, questions, 1))
        a, b = (_draw(chance, shared, seeds, spread) for _ in range(2))
        difference = a.mean(axis=(1, 2)) - b.mean(axis=(1, 2))
        half = np.asarray(difference_variance(a, b).half)
        same = _draw(chance, shared, 1, 0.0)
        gained = a.mean(axis=(1, 2)) - same.mean(axis=(1, 2))
        reach = np.asarray(difference_variance(a, same, vary=(True, False)).half)
        low, high = wilson_bounds(a.mean(axis=(1, 2)), cell_variance(a))
        means = a.mean(axis=1)
        alone = stdtrit(seeds - 1, 0.975) * means.std(axis=1, ddof=1) / math.sqrt(seeds)
        held += (
            ((low <= truth) & (truth <= high)).sum(),
            (np.abs(difference) <= half).sum(),
            (np.abs(gained - (truth - always)) <= reach).sum(),
            (np.abs(means.mean(axis=1) - truth) <= alone).sum(),
            (np.abs(difference) > half).sum(),
        )
    shares = [float(count) / repeats for count in held]
    return Coverage(questions, seeds, spread_points, *shares)


def bench_coverage(
    repeats: int,
    seeds: Sequence[int] = SEEDS,
    questions: Sequence[int] = QUESTIONS,
    spreads: Sequence[float] = SPREADS,
) -> list[Coverage]:
    """Return the coverage of every combination."""
    return [
        simulate_coverage(count, number, spread, repeats)
        for count in questions
        for number in seeds
        for spread in spreads
    ]


def to_markdown(rows: Sequence[Coverage]) -> str:
    """Return the coverage as a table in percent."""
    heads = (
        "questions",
        "seeds",
        "spread of seeds, points",
        "cell",
        "difference",
        "to one untrained",
        "t over seeds alone",
    )
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join(["--:"] * len(heads)) + " |"]
    for row in rows:
        shares = (row.cell, row.difference, row.untrained, row.over_seeds_alone)
        cells = [f"{row.questions:,}", str(row.seeds), f"{row.spread_points:g}"]
        lines.append(
            "| " + " | ".join([*cells, *(f"{share * 100:.1f}" for share in shares)]) + " |"
        )
    return "\n".join(lines)


def _draw(
    chance: np.random.Generator, shared: NDArray[Any], seeds: int, spread: float
) -> NDArray[Any]:
    drawn, questions, _ = shared.shape
    own = OWN * chance.normal(size=(drawn, questions, 1))
    of_seed = spread * chance.normal(size=(drawn, 1, seeds))
    latent = BASE + shared + own + of_seed + chance.normal(size=(drawn, questions, seeds))
    return (latent > 0).astype(float)


def _on_scale(points: float) -> float:
    """Return the effect on the normal scale that makes seeds differ by so many points."""
    scale = math.sqrt(1 + SHARED**2 + OWN**2)
    return points / 100 * scale / NormalDist().pdf(BASE / scale)
