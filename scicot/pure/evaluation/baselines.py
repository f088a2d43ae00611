"""What a run must beat to have learned anything: chance, one place always, the longest option."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scicot.words.records import Question

FALLEN = 0.8  # share of answers on one place above which a run has not learned to choose


@dataclass(frozen=True, slots=True)
class Baselines:
    """Accuracies, as fractions, that need no student; `place` is the best constant one, from 1."""

    questions: int
    chance: float
    same_place: float
    place: int
    longest_option: float


def measure_baselines(questions: Sequence[Question]) -> Baselines | None:
    """Return what the labelled multiple-choice questions give away; None without any.

    Chance is the mean of 1 / options. The longest option is the first of those with the most
    characters.
    """
    asked = [question for question in questions if question.choices and question.answer_key]
    if not asked:
        return None
    places = Counter(question.labels.index(question.answer_key) + 1 for question in asked)
    place, most = min(places.items(), key=lambda item: (-item[1], item[0]))
    longest = [max(question.choices, key=lambda choice: len(choice.text)) for question in asked]
    return Baselines(
        questions=len(asked),
        chance=sum(1 / len(question.choices) for question in asked) / len(asked),
        same_place=most / len(asked),
        place=place,
        longest_option=sum(
            choice.label == question.answer_key
            for choice, question in zip(longest, asked, strict=True)
        )
        / len(asked),
    )


def place_of(label: str | None) -> int | None:
    """Return the place, from 1, that a label names: A and 1 are the first; None for another."""
    if label is None or len(label) > 2:
        return None
    if label.isdecimal():
        return int(label)
    return ord(label.upper()) - ord("A") + 1 if len(label) == 1 and label.isalpha() else None


def say_fallen(place: int, share: float) -> str:
    """Return what is said of a run that answers one place nearly always."""
    return f"answers place {place} on {share:.0%}: it has not learned to choose"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run's answers fall, and what always answering one place would give on them.

    `answered` and `keys` count by place, from 1; what was not read is in `n` alone.
    """

    n: int
    answered: Mapping[int, int]
    keys: Mapping[int, int]

    @property
    def same_place(self) -> float | None:
        """The accuracy of the best constant place on the same questions."""
        return max(self.keys.values()) / self.n if self.keys and self.n else None

    @property
    def favourite(self) -> tuple[int, float] | None:
        """The place answered most, and its share of the answers that could be read."""
        read = sum(self.answered.values())
        if not read:
            return None
        place, count = min(self.answered.items(), key=lambda item: (-item[1], item[0]))
        return place, count / read

    @property
    def has_fallen(self) -> bool:
        """True when more than 80 % of the answers fall on one place."""
        return self.favourite is not None and self.favourite[1] > FALLEN

    @property
    def warning(self) -> str:
        """What a screen says of a run that answers one place; empty for one that chooses."""
        if self.favourite is None or not self.has_fallen:
            return ""
        return say_fallen(*self.favourite)


def count_places(counts: Iterable[tuple[str | None, str, int]]) -> Places:
    """Return the places of (label answered, answer key, how often)."""
    answered: Counter[int] = Counter()
    keys: Counter[int] = Counter()
    n = 0
    for label, answer_key, count in counts:
        n += count
        given, key = place_of(label), place_of(answer_key)
        if given is not None:
            answered[given] += count
        if key is not None:
            keys[key] += count
    return Places(n, answered, keys)
