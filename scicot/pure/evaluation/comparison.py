"""Two runs on the same questions: the 2x2, what it proves, and one plain sentence about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scicot.pure.evaluation.crossed import MARGIN, half_without_spread
from scicot.pure.evaluation.crossed_words import round_number, say_at_most, say_equivalence
from scicot.pure.statistics import (
    ALPHA,
    Interval,
    bootstrap_difference,
    mcnemar_mid_p,
    questions_needed,
)


class Cell(StrEnum):
    """Which of two runs answered a question correctly."""

    BOTH = "both"
    ONLY_A = "only_a"
    ONLY_B = "only_b"
    NEITHER = "neither"


ONE_SEED = "1 seed each"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs' correctness on the same questions says. Accuracies are fractions.

    `difference` is A - B with its paired bootstrap `interval`; `needed` is how many questions
    would tell a difference of this size, None when there is none.
    """

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def matched(self) -> int:
        """How many questions both runs answered."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def accuracy_a(self) -> float:
        """The share that A has right; 0 when nothing is matched."""
        return (self.both + self.only_a) / self.matched if self.matched else 0.0

    @property
    def accuracy_b(self) -> float:
        """The share that B has right; 0 when nothing is matched."""
        return (self.both + self.only_b) / self.matched if self.matched else 0.0

    @property
    def difference(self) -> float:
        """Accuracy of A minus accuracy of B."""
        return (self.only_a - self.only_b) / self.matched if self.matched else 0.0

    @property
    def interval(self) -> Interval | None:
        """The paired bootstrap interval of the difference."""
        return bootstrap_difference(self.only_a, self.only_b, self.matched)

    @property
    def mid_p(self) -> float:
        """McNemar's mid-p."""
        return mcnemar_mid_p(self.only_a, self.only_b)

    @property
    def needed(self) -> int | None:
        """How many questions would tell a difference of this size with 80 % power."""
        return questions_needed(self.only_a, self.only_b, self.matched)

    @property
    def is_told_apart(self) -> bool:
        """True when the test and the interval both say that this is more than chance."""
        interval = self.interval
        excludes_zero = interval is not None and (interval.low > 0 or interval.high < 0)
        return self.mid_p < ALPHA and excludes_zero

    @property
    def margin_interval(self) -> Interval | None:
        """The interval that may say "no worse"; None where too few questions were matched.

        So few could all come out alike though more than the margin of others do not. Where no
        question tells the runs apart it is that of so many draws without another outcome.
        """
        half = half_without_spread(0.0, self.matched)
        if half >= MARGIN:
            return None
        return Interval(-half, half) if self.only_a == self.only_b == 0 else self.interval


def sort_into_cells(
    correct_a: Mapping[int, bool], correct_b: Mapping[int, bool]
) -> dict[Cell, list[int]]:
    """Return the question ids of each cell, in id order.

    Questions that only one of the two runs answered are in no cell.
    """
    cells: dict[Cell, list[int]] = {cell: [] for cell in Cell}
    for question_id in sorted(correct_a.keys() & correct_b.keys()):
        a, b = correct_a[question_id], correct_b[question_id]
        cell = (Cell.BOTH if b else Cell.ONLY_A) if a else (Cell.ONLY_B if b else Cell.NEITHER)
        cells[cell].append(question_id)
    return cells


def count_cells(cells: Mapping[Cell, Sequence[int]]) -> Comparison:
    """Return the comparison that these cells amount to."""
    return Comparison(
        both=len(cells[Cell.BOTH]),
        only_a=len(cells[Cell.ONLY_A]),
        only_b=len(cells[Cell.ONLY_B]),
        neither=len(cells[Cell.NEITHER]),
    )


def say_comparison(found: Comparison, name_a: str, name_b: str, seeds: str = ONE_SEED) -> str:
    """Return one plain sentence: who is better, by how much, and whether chance would do it.

    It speaks of this run: with one seed each nothing is said of methods. `seeds` says how many went
    in; empty where that is not known.
    """
    n = f"{found.matched:,} question{'' if found.matched == 1 else 's'}"
    if found.matched == 0:
        return (
            f"{name_a} and {name_b} have no question in common, so nothing can be compared. Choose "
            "runs on the same split."
        )
    allowed = found.margin_interval
    equivalence = say_equivalence(allowed, name_a, name_b) if allowed else ""
    if found.only_a == found.only_b == 0:
        return (
            f"In this run {name_a} and {name_b} are right and wrong on the same {n}"
            f"{f' ({seeds})' if seeds else ''}; nothing tells them apart.{equivalence}"
        )
    interval = found.interval
    assert interval is not None  # there are matched questions
    if found.is_told_apart:
        verb = "better" if found.difference > 0 else "worse"
        at_most = say_at_most(allowed) if allowed else ""
        basis = f"{interval.of_size.to_words('.1f')}; {f'{seeds}, ' if seeds else ''}{n}"
        return (
            f"In this run {name_a} is {verb} than {name_b} by {abs(found.difference) * 100:.1f} "
            f"points (95 % interval {basis}){at_most}; a difference this large is unlikely to be "
            "chance."
        )
    needed = found.needed is not None and found.needed > found.matched
    return (
        f"In this run {name_a} and {name_b} cannot be told apart with "
        f"{f'{seeds} and ' if seeds else ''}{n} (difference {found.difference * 100:+.1f} points, "
        f"95 % interval {interval.to_words('+.1f')})"
        f"{f'; {say_needed(found)}' if needed else ''}.{equivalence}"
    )


def say_needed(found: Comparison) -> str:
    """Return how many questions a difference of this size takes, in the words of every text."""
    if found.needed is None:
        return "there is no difference to tell"
    return (
        "if the true difference were this large, about "
        f"{round_number(found.needed)} questions would be needed"
    )


def say_p(p: float) -> str:
    """Return a p-value as it is read: four digits, and never a zero."""
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"
