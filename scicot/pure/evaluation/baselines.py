"""What a run must beat to have learned anything: chance, one place always, the longest option."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Options = Sequence[tuple[str, str]]  # label and text, as the question offers them


@dataclass(frozen=True, slots=True)
class Baselines:
    """Accuracies, as fractions, that need no student; `place` is the best constant one, from 1."""

    questions: int
    chance: float
    same_place: float
    place: int
    longest_option: float


def measure_baselines(questions: Iterable[tuple[Options, str]]) -> Baselines | None:
    """Return what the labelled multiple-choice questions give away; None without any.

    A question is its options, as (label, text), and its answer key; they are looked at one by one
    and not kept. Chance is the mean of 1 / options. The longest option is the first of those with
    the most characters.
    """
    places: Counter[int] = Counter()
    sizes: Counter[int] = Counter()
    longest_is_key = 0
    for options, answer_key in questions:
        if not options or not answer_key:
            continue
        places[[label for label, _ in options].index(answer_key) + 1] += 1
        sizes[len(options)] += 1
        longest_is_key += max(options, key=lambda option: len(option[1]))[0] == answer_key
    asked = sizes.total()
    if not asked:
        return None
    place, most = min(places.items(), key=lambda item: (-item[1], item[0]))
    return Baselines(
        questions=asked,
        chance=sum(count / size for size, count in sizes.items()) / asked,
        same_place=most / asked,
        place=place,
        longest_option=longest_is_key / asked,
    )
