"""What a set of predictions amounts to: counts, accuracies and their intervals."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scicot.pure.predictions.votes import said_reasons
from scicot.pure.statistics import Interval, wilson_interval
from scicot.words.records import Outcome, Prediction, Question, StoredQuestion

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


def measure(
    predictions: Sequence[Prediction], questions: Sequence[StoredQuestion]
) -> dict[str, Any]:
    """Return the accuracies as fractions, and how many answers could not be read.

    The place that is answered most is there with its share of the answers that could be read, and
    what always answering the best place would give.
    Of blind questions, whose key is not known, nothing but their number is said.
    """
    keys = {question.id: question.answer_key for question in questions}
    asked = {question.id: question for question in questions}
    scored = [
        prediction for prediction in predictions if prediction.outcome is not Outcome.UNSCORED
    ]
    unscored, predictions = len(predictions) - len(scored), scored
    count = len(predictions)
    places = Counter(
        asked[prediction.question_id].labels.index(prediction.label) + 1
        for prediction in predictions
        if prediction.label in asked[prediction.question_id].labels
    )
    place, fallen = max(places.items(), key=lambda item: (item[1], -item[0]), default=(None, 0))
    keys_at = Counter(
        question.labels.index(question.answer_key)
        for question in (asked[prediction.question_id] for prediction in predictions)
        if question.answer_key in question.labels
    )
    outcomes = [prediction.outcome for prediction in predictions]
    are_scored = any(
        prediction.option_label for prediction in predictions
    )  # a free answer has no options
    likely = sum(
        prediction.option_label == keys[prediction.question_id] for prediction in predictions
    )
    return (
        {
            "accuracy": outcomes.count(Outcome.CORRECT) / count if count else None,
            "option_accuracy": likely / count if are_scored else None,
            "option_accuracy_per_byte": _share_right(
                predictions,
                keys,
                lambda prediction: label_per_byte(
                    prediction.option_log_likelihoods, asked[prediction.question_id]
                ),
            ),
            "letter_accuracy": _share_right(
                predictions, keys, lambda prediction: most_likely(prediction.letter_log_likelihoods)
            ),
            "same_place": max(keys_at.values()) / count if keys_at else None,
            "most_answered_place": place,
            "most_answered_share": fallen / places.total() if places else None,
            "correct": outcomes.count(Outcome.CORRECT),
            "option_correct": likely,
            "no_answer": outcomes.count(Outcome.NO_ANSWER),
            "questions": count,
        }
        | said_reasons([prediction.no_answer_reason for prediction in predictions])
        | ({"unscored": unscored} if unscored else {})
    )


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


def _share_right(
    predictions: Sequence[Prediction],
    keys: Mapping[int, str],
    choose: Callable[[Prediction], str | None],
) -> float | None:
    """Return the share of predictions whose chosen label is the key; None where none is chosen."""
    chosen = [(choose(prediction), keys[prediction.question_id]) for prediction in predictions]
    known = [label == key for label, key in chosen if label is not None]
    return sum(known) / len(known) if known else None


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
