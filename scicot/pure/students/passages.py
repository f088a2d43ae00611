"""Which words of a student's input may be left out when it is too long: the passage's own.

A reading question's stem is a passage with the question as its last sentence. What is left out
stands before that sentence; then the sentence's beginning; never the options.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

STEM = re.compile(r"^[^\n]*?Question: ")
# a sentence's end, with what parts it from the next
SENTENCE_END = re.compile(r"[.!?…]['\")\]]*\s+|[。！？؟]\s*")


@dataclass(frozen=True, slots=True)
class Stem:
    """Where a stem lies in an input, in characters; its last sentence begins at `question`."""

    start: int
    question: int
    end: int


def find_stem(text: str) -> Stem | None:
    """Return where an input's stem lies, or None for a text that is no question."""
    opening = STEM.match(text)
    if opening is None:
        return None
    start = opening.end()
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    begins = [match.end() for match in SENTENCE_END.finditer(text, start, end) if match.end() < end]
    return Stem(start, begins[-1] if begins else start, end)


def choose_hole(
    offsets: Sequence[tuple[int, int]], stem: Stem | None, too_many: int
) -> tuple[int, int]:
    """Return which tokens to leave out, as a range of places; empty where there is no stem.

    `offsets` are the tokens' characters. Fewer than `too_many` when the stem has no more.
    """
    if stem is None:
        return 0, 0
    first, question, end = (
        next((place for place, (_, last) in enumerate(offsets) if last > where), len(offsets))
        for where in (stem.start, stem.question, stem.end)
    )
    start = max(first, question - too_many)
    return start, min(end, start + too_many)
