"""A difference between two cells in plain sentences."""

from __future__ import annotations

from scicot.pure.evaluation.crossed import ENOUGH_SEEDS, MARGIN, CellDifference


def say_cells(found: CellDifference, name_a: str, name_b: str) -> str:
    """Return one plain sentence: who is better, by how much, over how many seeds and questions.

    Before both cells have three seeds it speaks of this run, not of the method; a student that is
    not trained needs none.
    """
    of_runs = "" if found.speaks_of_methods else "In this run "
    seeds = _say_seeds(found, name_a, name_b)
    n = f"{found.questions:,} questions"
    interval = found.interval
    if found.is_told_apart:
        bounds = interval.of_size.to_words(".1f")
        verb = "better" if found.difference > 0 else "worse"
        return (
            f"{of_runs}{name_a} is {verb} than {name_b} by {abs(found.difference) * 100:.1f} "
            f"points (95 % interval {bounds}; {seeds}, {n}); a difference this "
            f"large is unlikely to be chance.{_say_few_seeds(found)}"
        )
    sentence = (
        f"{of_runs}{name_a} and {name_b} cannot be told apart with {seeds} and {n} (difference "
        f"{found.difference * 100:+.1f} points, 95 % interval "
        f"{interval.to_words('+.1f')})"
    )
    return f"{sentence}{_say_needed(found)}.{_say_equivalence(found, name_a, name_b)}" + (
        _say_few_seeds(found)
    )


def _say_seeds(found: CellDifference, name_a: str, name_b: str) -> str:
    if not found.varying:
        return "no seeds, as neither is trained"
    first = found.varying[0]
    each = f"{first} seed{'' if first == 1 else 's'}"
    if len(found.varying) == 1:
        return f"{each} of {name_a if found.varies_a else name_b}"
    return (
        f"{each} each" if found.seeds_a == found.seeds_b else f"{first} and {found.seeds_b} seeds"
    )


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


def _say_equivalence(found: CellDifference, name_a: str, name_b: str) -> str:
    margin = f"{MARGIN * 100:g} points"
    no_worse, no_better = found.is_no_worse(), found.interval.high < MARGIN
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
