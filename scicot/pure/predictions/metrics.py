"""What a set of predictions amounts to: counts, accuracies and their intervals."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scicot.pure.predictions.places import Places
from scicot.pure.predictions.votes import said_reasons
from scicot.pure.statistics import Interval, wilson_interval
from scicot.words.records import NoAnswer, Outcome, Prediction, Question, StoredQuestion

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
    """Return the score of these outcomes; what cannot be scored is not counted."""
    listed = [outcome for outcome in outcomes if outcome is not Outcome.UNSCORED]
    return Score(
        n=len(listed),
        correct=sum(outcome is Outcome.CORRECT for outcome in listed),
        no_answer=sum(outcome is Outcome.NO_ANSWER for outcome in listed),
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What predictions count up to; those of several parts add up to those of the whole."""

    counts: Counter[str] = field(default_factory=Counter)
    places: Counter[int] = field(default_factory=Counter)  # that are answered, from 1
    keys_at: Counter[int] = field(default_factory=Counter)  # where the keys stand
    reasons: Counter[NoAnswer | None] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        """Return the counts of both."""
        return Tally(
            self.counts + other.counts,
            self.places + other.places,
            self.keys_at + other.keys_at,
            self.reasons + other.reasons,
        )

    def measures(self) -> dict[str, Any]:
        """Return the accuracies as fractions, and how many answers could not be read.

        The place that is answered most is there with its share of the answers that could be read,
        and what always answering the best place would give.
        Of blind questions, whose key is not known, nothing but their number is said.
        """
        n, places = self.counts, self.places
        count = n["questions"]
        standing = Places(count, places, self.keys_at).standing
        return (
            {
                "accuracy": _share(n["correct"], count),
                # a free answer has no options
                "option_accuracy": _share(n["likely"], count if n["with_options"] else 0),
                "option_accuracy_per_byte": _share(n["right_per_byte"], n["known_per_byte"]),
                "letter_accuracy": _share(n["right_letter"], n["known_letter"]),
                "same_place": standing.same_place,
                "most_answered_place": standing.place,
                "most_answered_share": standing.share,
                "correct": n["correct"],
                "option_correct": n["likely"],
                "no_answer": n["no_answer"],
                "questions": count,
            }
            | said_reasons(list(self.reasons.elements()))
            | ({"unscored": n["unscored"]} if n["unscored"] else {})
        )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def measure(
    predictions: Sequence[Prediction], questions: Sequence[StoredQuestion]
) -> dict[str, Any]:
    """Return what predictions amount to, as `Tally.measures` says."""
    return tally(predictions, {question.id: question for question in questions}).measures()


def tally(predictions: Iterable[Prediction], asked: Mapping[int, StoredQuestion]) -> Tally:
    """Return what these predictions count up to; `asked` are their questions by id."""
    total = Tally()
    for prediction in predictions:
        if prediction.outcome is Outcome.UNSCORED:
            total.counts["unscored"] += 1
            continue
        question = asked[prediction.question_id]
        key, counts = question.answer_key, total.counts
        counts["questions"] += 1
        counts["correct"] += prediction.outcome is Outcome.CORRECT
        counts["no_answer"] += prediction.outcome is Outcome.NO_ANSWER
        counts["likely"] += prediction.option_label == key
        counts["with_options"] += bool(prediction.option_label)
        per_byte = label_per_byte(prediction.option_log_likelihoods, question)
        letter = most_likely(prediction.letter_log_likelihoods)
        for name, label in (("per_byte", per_byte), ("letter", letter)):
            counts[f"known_{name}"] += label is not None
            counts[f"right_{name}"] += label is not None and label == key
        if prediction.label in question.labels:
            total.places[question.labels.index(prediction.label) + 1] += 1
        if key in question.labels:
            total.keys_at[question.labels.index(key)] += 1
        total.reasons[prediction.no_answer_reason] += 1
    return total


def most_likely(log_likelihoods: Mapping[str, float] | None) -> str | None:
    """Return the label with the highest score, the first of equals; None without scores."""
    if not log_likelihoods:
        return None
    return max(log_likelihoods, key=lambda label: log_likelihoods[label])


def label_per_byte(log_likelihoods: Mapping[str, float] | None, question: Question) -> str | None:
    """Return the label with the highest score a byte of its option's text, as `acc_norm` counts."""
    if not log_likelihoods:
        return None
    lengths = {choice.label: len(choice.text.encode()) or 1 for choice in question.choices}
    return most_likely({label: score / lengths[label] for label, score in log_likelihoods.items()})


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
    words, other_words = (Counter(_WORD.findall(text.lower())) for text in (first, second))
    if not words or not other_words:
        return None
    return 2 * (words & other_words).total() / (words.total() + other_words.total())
