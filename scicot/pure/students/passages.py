"""Which words of a student's input may be left out when it is too long: the passage's own.

A reading question's stem is a passage with the question as its last sentence, or its last
sentences where one that asks is followed by others. What is left out stands before it; then the
end of a rationale; then the question's own beginning; never the options.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

STEM = re.compile(r"^[^\n]*?Question: ")
# a sentence's end, with what parts it from the next; "Mr. Hill" and "J. Hill" end none
_NO_END = "".join(
    rf"(?<!\b{short})"
    for short in ("[A-Z]", "Mr", "Ms", "Mrs", "Dr", "Prof", "St", "vs", r"e\.g", r"i\.e")
)
SENTENCE_END = re.compile(rf"{_NO_END}[.!?…]['\"”’)\]]*\s+|[。！？؟۔।]\s*")
ASKS = re.compile(r"[?？؟]")
LAST_SENTENCES = 3  # among which the one that asks is looked for
OPTIONS = "Options:"


@dataclass(frozen=True, slots=True)
class Stem:
    """Where a stem lies in an input, in characters; what it asks begins at `question`.

    `rest` is where question and options are over and a rationale begins.
    """

    start: int
    question: int
    end: int
    rest: int


def find_stem(text: str) -> Stem | None:
    """Return where an input's stem lies, or None for a text that is no question."""
    opening = STEM.match(text)
    if opening is None:
        return None
    start = opening.end()
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    begins = [match.end() for match in SENTENCE_END.finditer(text, start, end) if match.end() < end]
    rest = end
    if text.startswith(OPTIONS, end + 1):
        rest = text.find("\n", end + 1)
        rest = len(text) if rest < 0 else rest
    return Stem(start, _asks_from(text, [start, *begins], end), end, rest)


def _asks_from(text: str, begins: Sequence[int], end: int) -> int:
    """Return where the last of the last sentences that asks begins; else the last one."""
    ends = [*begins[1:], end]
    for begin, stop in list(zip(begins, ends, strict=True))[: -LAST_SENTENCES - 1 : -1]:
        if ASKS.search(text, begin, stop):
            return begin
    return begins[-1]


def choose_hole(
    offsets: Sequence[tuple[int, int]], stem: Stem | None, too_many: int
) -> tuple[int, int]:
    """Return which tokens to leave out, as a range of places; empty where there is no stem.

    `offsets` are the tokens' characters. Fewer than `too_many` when the stem has no more.
    """
    if stem is None:
        return 0, 0
    first, question, end, rest = (
        next((place for place, (_, last) in enumerate(offsets) if last > where), len(offsets))
        for where in (stem.start, stem.question, stem.end, stem.rest)
    )
    start = max(first, question - too_many)
    beyond = max(0, too_many - (question - start) - (len(offsets) - rest))
    return start, min(end, question + beyond)
