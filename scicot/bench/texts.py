"""Made-up questions with the lengths of ARC's, for timing students. Nothing here is a result."""

from __future__ import annotations

import random
from collections.abc import Sequence

from scicot.words.records import Choice, Split, StoredQuestion

WORDS = tuple(f"w{number}" for number in range(2000))
FRAME = (
    "Question:",
    "Options:",
    "Rationale:",
    "Answer:",
    "The",
    "answer",
    "is",
    "(A)",
    "(B)",
    "(C)",
    "(D)",
)
VOCABULARY = (*FRAME, *WORDS)


def make_questions(
    count: int, *, seed: int = 0, split: Split = Split.TRAIN, dataset: str = "bench"
) -> list[StoredQuestion]:
    """Return questions whose stems and options are as long as ARC's are in T5's tokens."""
    draw = random.Random(f"{seed}/{split}")
    return [
        StoredQuestion(
            external_id=f"{dataset}-{split}-{number}",
            stem=_text(draw, 3.2, 0.55, 4, 120),
            choices=tuple(Choice(label, _text(draw, 1.6, 0.6, 1, 20)) for label in "ABCD"),
            answer_key=draw.choice("ABCD"),
            dataset=dataset,
            split=split,
            id=number + 1,
        )
        for number in range(count)
    ]


def make_rationales(questions: Sequence[StoredQuestion], *, seed: int = 0) -> dict[int, str]:
    """Return a made-up rationale for each question, as long as a teacher's (median 80 tokens)."""
    draw = random.Random(seed)
    return {question.id: _text(draw, 4.4, 0.45, 15, 220) for question in questions}


def _text(draw: random.Random, mean: float, spread: float, least: int, most: int) -> str:
    length = min(most, max(least, round(draw.lognormvariate(mean, spread))))
    return " ".join(draw.choice(WORDS) for _ in range(length))
