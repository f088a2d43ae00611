"""Broken rationales: what help and leak should tell from the whole ones, where people judge none.

Each kind takes one thing away: that the text is about its question, that its sentences follow each
other, that the key's words stand in it.
"""

from __future__ import annotations

import re
from enum import StrEnum

from scicot.pure.hashing import content_hash
from scicot.pure.review.sentences import split_sentences
from scicot.words.records import Question

_WORD = re.compile(r"\w+")


class Break(StrEnum):
    """What was done to a rationale."""

    EXCHANGED = "another question's"
    SHUFFLED = "sentences in another order"
    MASKED = "the key's words blanked"


def shuffle_sentences(text: str) -> str | None:
    """Return the sentences in another order, always the same one; None where there is none."""
    sentences = split_sentences(text)
    shuffled = sorted(sentences, key=lambda sentence: content_hash(["shuffled", sentence]))
    if shuffled == sentences:
        shuffled = sentences[::-1]
    return " ".join(shuffled) if shuffled != sentences else None


def mask_key(text: str, question: Question) -> str | None:
    """Return the text with the words of the key's option blanked; None where it has none of them.

    Words of one or two letters stay: they tell nothing.
    """
    words = {
        word
        for choice in question.choices
        if choice.label == question.answer_key
        for word in _WORD.findall(choice.text.lower())
        if len(word) > 2 or word.isdecimal()
    }
    if not words:
        return None
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b", re.IGNORECASE)
    masked = pattern.sub("___", text)
    return masked if masked != text else None
