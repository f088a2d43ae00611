"""What a set of predictions amounts to: counts, accuracies and their intervals."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scicot.pure.statistics import Interval, wilson_interval
from scicot.words.records import Outcome, Prediction, StoredQuestion

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Score:
    """How often predictions were right. What cannot be read counts as not right, and is shown."""

    n: int
    correct: int
    no_answer: int

    @property
    def accuracy(self) -> float | None:
        """The share that is correct; None when nothing was asked."""
        return self.correct / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95 % interval of the accuracy."""
        return wilson_interval(self.correct, self.n)

    @property
    def no_answer_share(self) -> float | None:
        """The share whose answer could not be read."""
        return self.no_answer / self.n if self.n else None


def score_outcomes(outcomes: Iterable[Outcome]) -> Score:
    """Return the score of these outcomes."""
    listed = list(outcomes)
    return Score(
        n=len(listed),
        correct=sum(one is Outcome.CORRECT for one in listed),
        no_answer=sum(one is Outcome.NO_ANSWER for one in listed),
    )


def measure(
    predictions: Sequence[Prediction], questions: Sequence[StoredQuestion]
) -> dict[str, Any]:
    """Return both accuracies as fractions, and how many answers could not be read."""
    keys = {one.id: one.answer_key for one in questions}
    count = len(predictions)
    outcomes = [one.outcome for one in predictions]
    likely = sum(one.option_label == keys[one.question_id] for one in predictions)
    return {
        "accuracy": outcomes.count(Outcome.CORRECT) / count if count else None,
        "option_accuracy": likely / count if count else None,
        "correct": outcomes.count(Outcome.CORRECT),
        "option_correct": likely,
        "no_answer": outcomes.count(Outcome.NO_ANSWER),
        "questions": count,
    }


def option_probabilities(log_likelihoods: Mapping[str, float]) -> dict[str, float]:
    """Return each option's probability among the options, from summed nats (a softmax)."""
    if not log_likelihoods:
        return {}
    highest = max(log_likelihoods.values())
    weights = {label: math.exp(value - highest) for label, value in log_likelihoods.items()}
    total = sum(weights.values())
    return {label: weight / total for label, weight in weights.items()}


def word_overlap(first: str, second: str) -> float | None:
    """Return how much two texts share: the F1 of their words, each as often as it stands there.

    None when either has no word.
    """
    one, other = (Counter(_WORD.findall(text.lower())) for text in (first, second))
    if not one or not other:
        return None
    return 2 * (one & other).total() / (one.total() + other.total())
