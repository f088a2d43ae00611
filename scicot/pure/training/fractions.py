"""Which training questions a fraction holds: nested, seeded, with the paper's counts."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

from scicot.words.records import StoredQuestion


def take_fraction(
    questions: Sequence[StoredQuestion], fraction: float, seed: int, limit: int | None = None
) -> list[StoredQuestion]:
    """Return the fraction's questions in the order given; of 2251, 12.5 % are 281 (Table III).

    Nested: with the same seed a smaller fraction (or limit) is part of a larger one, because the
    order is by a hash of seed and id, and adding a question to the set moves no other.
    """
    count = max(1, math.floor(len(questions) * fraction))
    if limit is not None:
        count = min(count, limit)
    ranked = rank_questions(questions, seed)
    chosen = {question.external_id for question in ranked[:count]}
    return [question for question in questions if question.external_id in chosen]


def split_folds(
    questions: Sequence[StoredQuestion], folds: int, seed: int
) -> list[list[StoredQuestion]]:
    """Return the questions in `folds` disjoint parts whose sizes differ by at most one."""
    ranked = rank_questions(questions, seed)
    return [ranked[place::folds] for place in range(folds)]


def rank_questions(questions: Sequence[StoredQuestion], seed: int) -> list[StoredQuestion]:
    """Return the questions in the seed's order, which depends on each question's id alone."""
    return sorted(
        questions, key=lambda question: (_rank(question.external_id, seed), question.external_id)
    )


def _rank(external_id: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{external_id}".encode("utf-8", "surrogatepass")).hexdigest()
