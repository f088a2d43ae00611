"""Which other option a teacher is asked to argue for (SCOTT, Wang et al. 2023: 2305.01879)."""

from __future__ import annotations

from dataclasses import replace

from scicot.pure.hashing import content_hash
from scicot.words.records import StoredQuestion


def other_option(question: StoredQuestion) -> str | None:
    """Return the label of an option that is not the key; None where there is none.

    It is drawn by the question's own words, so that each question has the same one everywhere.
    """
    others = [label for label in question.labels if label != question.answer_key]
    if not others or not question.answer_key:
        return None
    drawn = content_hash([question.stem, *(choice.text for choice in question.choices)])
    return others[int(drawn[:12], 16) % len(others)]


def as_if(question: StoredQuestion, label: str) -> StoredQuestion:
    """Return the question as it would be if this option were right."""
    return replace(question, answer_key=label)
