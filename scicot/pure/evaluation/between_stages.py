"""What a stage that reads rationales is given, for questions that students saw and did not see.

Where a student wrote about its own training questions, the stage after it learns from better texts
than it is asked with. Measured in every run of two stages, and said where the two part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from scicot.pure.evaluation.baselines import measure_baselines
from scicot.pure.predictions.metrics import word_overlap
from scicot.pure.shares import say_share
from scicot.pure.statistics import difference_of_shares
from scicot.words.records import Outcome, Prediction, Question

MOST_RAISED = 3  # checks that are named
PART = 0.1  # from this difference on, and where chance is ruled out, the texts part
# what stage 2 learned from, by its setting: the kind of question or text
LEARNED_FROM = {"in_sample": "training", "cross_fit": "cross_fit", "teacher": "teacher"}
TITLES: Mapping[str, str] = {
    "training": "Training questions, by the student trained on them",
    "cross_fit": "Training questions, by students that did not see them",
    "teacher": "Training questions, the snapshot's own rationales",
    "validation": "Validation questions",
    "test": "Test questions",
}


@dataclass(frozen=True, slots=True)
class ReadTexts:
    """Rationales of one kind, and what the stage that reads them made of them.

    `overlap` is the mean F1 of their words with the reference's, over `compared` questions that
    have one; `flagged` rationales set off a check, `checks` counts which; `correct` answers
    followed. `same_place` is what always the best place would give on these questions; a run of an
    older version has none.
    """

    questions: int
    compared: int
    overlap: float | None
    flagged: int
    checks: Mapping[str, int]
    correct: int
    same_place: float | None = None

    @property
    def accuracy(self) -> float:
        """The share that was answered right."""
        return self.correct / self.questions

    @property
    def flagged_share(self) -> float:
        """The share that sets off a check."""
        return self.flagged / self.questions

    @property
    def most_raised(self) -> str:
        """The checks that were set off most, and by how many; empty where none was."""
        ordered = sorted(self.checks.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(f"{check} {count:,}" for check, count in ordered[:MOST_RAISED])

    def as_result(self) -> dict[str, Any]:
        """Return it as a run's result holds it."""
        return {
            "questions": self.questions,
            "compared": self.compared,
            "overlap": self.overlap,
            "flagged": self.flagged,
            "checks": dict(self.checks),
            "correct": self.correct,
            "accuracy": self.accuracy,
            "same_place": self.same_place,
        }


def measure_texts(
    predictions: Sequence[Prediction],
    flags: Sequence[Collection[str] | None],
    references: Mapping[int, str],
    questions: Mapping[int, Question],
) -> ReadTexts | None:
    """Return what these predictions' rationales are like; None for none that can be scored.

    `references` and `questions` are by the question's id.
    """
    listed = [
        (prediction, raised or ())
        for prediction, raised in zip(predictions, flags, strict=True)
        if prediction.outcome is not Outcome.UNSCORED
    ]
    if not listed:
        return None
    shared = [
        word_overlap(prediction.rationale or "", references[prediction.question_id]) or 0.0
        for prediction, _ in listed
        if prediction.question_id in references
    ]
    checks = Counter(check for _, raised in listed for check in raised)
    asked = [questions[prediction.question_id] for prediction, _ in listed]
    baselines = measure_baselines(
        ([(choice.label, choice.text) for choice in question.choices], question.answer_key)
        for question in asked
    )
    return ReadTexts(
        questions=len(listed),
        compared=len(shared),
        overlap=mean(shared) if shared else None,
        flagged=sum(bool(raised) for _, raised in listed),
        checks=dict(checks.most_common()),
        correct=sum(prediction.outcome is Outcome.CORRECT for prediction, _ in listed),
        same_place=baselines.same_place if baselines else None,
    )


@dataclass(frozen=True, slots=True)
class BetweenStages:
    """What a run's second stage learned from and is asked with, by kind of question."""

    learned_from: str
    kinds: Mapping[str, ReadTexts]

    @property
    def unseen(self) -> str | None:
        """The kind of question that nobody trained on; None where none was asked."""
        return next((kind for kind in ("validation", "test") if kind in self.kinds), None)

    @property
    def warnings(self) -> list[str]:
        """In what the texts that were learned from part from those that stage 2 is asked with."""
        learned = self.kinds.get(self.learned_from)
        unseen = self.kinds.get(self.unseen or "")
        if learned is None or unseen is None:
            return []
        parts = [*_overlap(learned, unseen), *_shares(learned, unseen)]
        if not parts:
            return []
        advice = (
            " stage2_rationales=cross_fit trains it on texts like those it is asked with."
            if self.learned_from != "cross_fit"
            else ""
        )
        return [
            f"What stage 2 learned from parts from what it is asked with: {'; '.join(parts)}."
            + advice
        ]

    @property
    def sentences(self) -> list[str]:
        """What was measured, a sentence for each kind of question."""
        return [
            f"{TITLES.get(kind, kind)}: of {texts.questions:,} rationales "
            f"{say_share(texts.flagged_share, 0)} set off a check"
            + (f" ({texts.most_raised})" if texts.checks else "")
            + f", and stage 2 is right with {say_share(texts.accuracy, 0)}"
            + (
                f" (one place always {say_share(texts.same_place, 0)})"
                if texts.same_place is not None
                else ""
            )
            + (
                f"; they share {texts.overlap:.2f} of their words with the reference "
                f"(F1, {texts.compared:,} compared)"
                if texts.overlap is not None
                else ""
            )
            + "."
            for kind, texts in self.kinds.items()
        ]


def read_between(result: Mapping[str, Any]) -> BetweenStages | None:
    """Return what a run's result says of it; None for a run that has no second stage."""
    stored = result.get("between_stages")
    if not isinstance(stored, Mapping):
        return None
    kinds = {
        str(kind): ReadTexts(**{name: texts[name] for name in ReadTexts.__slots__ if name in texts})
        for kind, texts in stored["kinds"].items()
    }
    return BetweenStages(str(stored["learned_from"]), kinds)


def _overlap(learned: ReadTexts, unseen: ReadTexts) -> list[str]:
    if learned.overlap is None or unseen.overlap is None:
        return []
    if learned.overlap - unseen.overlap < PART:
        return []
    return [
        f"the former share {learned.overlap:.2f} of their words with the reference, the latter "
        f"{unseen.overlap:.2f}"
    ]


def _shares(learned: ReadTexts, unseen: ReadTexts) -> list[str]:
    """Return in which shares the two part by more than chance makes of them."""
    parts = []
    if _is_more(learned.correct, learned.questions, unseen.correct, unseen.questions):
        parts.append(
            f"stage 2 is right with {say_share(learned.accuracy, 0)} of the former and "
            f"{say_share(unseen.accuracy, 0)} of the latter (it saw the answers of the former, "
            "which is a part of this)"
        )
    if _is_more(unseen.flagged, unseen.questions, learned.flagged, learned.questions):
        parts.append(
            f"{say_share(learned.flagged_share, 0)} of the former and "
            f"{say_share(unseen.flagged_share, 0)} of the latter set off a check"
        )
    return parts


def _is_more(more: int, of_more: int, less: int, of_less: int) -> bool:
    interval = difference_of_shares(more, of_more, less, of_less)
    return interval.low > 0 and more / of_more - less / of_less >= PART
