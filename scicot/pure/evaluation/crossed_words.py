"""A difference between two cells in plain sentences, and what those of two runs share with it."""

from __future__ import annotations

from collections.abc import Sequence

from scicot.pure.evaluation.crossed import ENOUGH_SEEDS, MARGIN, CellDifference
from scicot.pure.statistics import Interval


def say_cells(found: CellDifference, name_a: str, name_b: str) -> str:
    """Return one plain sentence: who is better, by how much, over how many seeds and questions.

    Before both cells have three seeds it speaks of this run, not of the method; a student that is
    not trained needs none.
    """
    of_runs = "" if found.speaks_of_methods else "In this run "
    both = ((name_a, found.seeds_a, found.varies_a), (name_b, found.seeds_b, found.varies_b))
    seeds = say_seeds([(name, count) for name, count, varies in both if varies])
    n = f"{found.questions:,} questions"
    interval = found.interval
    if found.is_told_apart:
        bounds = interval.of_size.to_words(".1f")
        verb = "better" if found.difference > 0 else "worse"
        return (
            f"{of_runs}{name_a} is {verb} than {name_b} by {abs(found.difference) * 100:.1f} "
            f"points (95 % interval {bounds}; {seeds}, {n}){say_at_most(interval)}; a difference "
            f"this large is unlikely to be chance.{_say_few_seeds(found)}"
        )
    sentence = (
        f"{of_runs}{name_a} and {name_b} cannot be told apart with {seeds} and {n} (difference "
        f"{found.difference * 100:+.1f} points, 95 % interval "
        f"{interval.to_words('+.1f')})"
    )
    return f"{sentence}{_say_needed(found)}.{say_equivalence(interval, name_a, name_b)}" + (
        _say_few_seeds(found)
    )


def say_seeds(trained: Sequence[tuple[str, int]]) -> str:
    """Return how many seeds went in, from each cell's name and seeds; untrained cells left out."""
    if not trained:
        return "no seeds, as neither is trained"
    (name, first), *others = trained
    each = f"{first} seed{'' if first == 1 else 's'}"
    if not others:
        return f"{each} of {name}"
    second = others[0][1]
    return f"{each} each" if first == second else f"{first} and {second} seeds"


def _say_few_seeds(found: CellDifference) -> str:
    if found.speaks_of_methods:
        return ""
    each = " each" if len(found.varying) > 1 else ""
    return f" Of the methods it says something from {ENOUGH_SEEDS} seeds{each}."


def _say_needed(found: CellDifference) -> str:
    if found.needed is not None and found.needed > found.questions:
        return (
            "; if the true difference were this large, about "
            f"{round_number(found.needed)} questions would be needed"
        )
    if found.difference and found.needed is None:
        return (
            "; if the true difference were this large and seeds differed as these few do, more "
            "seeds would be needed, however many the questions"
        )
    return ""


def say_at_most(interval: Interval) -> str:
    """Return that a difference told apart is small all the same, empty where it may be larger."""
    return f", yet by no more than {MARGIN * 100:g}" if interval.of_size.high < MARGIN else ""


def say_equivalence(interval: Interval, name_a: str, name_b: str) -> str:
    """Return that one is no worse than the other by the margin, where A - B's interval says so."""
    margin = f"{MARGIN * 100:g} points"
    no_worse, no_better = interval.low > -MARGIN, interval.high < MARGIN
    if no_worse and no_better:
        return f" They are equal to within {margin}."
    if no_worse:
        return f" {name_a} is no worse than {name_b} by {margin}."
    if no_better:
        return f" {name_b} is no worse than {name_a} by {margin}."
    return ""


def round_number(number: int) -> str:
    """Return a number with two digits that count: an estimate is no better than that."""
    digits = max(0, len(str(number)) - 2)
    return f"{round(number, -digits):,}"
