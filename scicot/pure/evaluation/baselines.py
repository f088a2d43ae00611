"""What a run must beat to have learned anything: chance, one place always, the longest option."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scicot.words.records import Question


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
