"""Differences between two texts, word by word.

The review card draws the same difference while one types (`pages/prepare/review/card/diff.js`);
`tests/golden/word_diffs.json` holds both to one rule: the longest common run of tokens, and where
two are equally long, what was taken out stands before what was put in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

# a space, a word with its apostrophes, or a single sign; a browser must part texts alike
_TOKEN = re.compile(r"[ \t\r\n]+|[^\W_]+(?:['’][^\W_]+)*|.", re.DOTALL)
MOST_CELLS = 1_000_000  # of the table that is filled; beyond, the changed middle is one change


class Change(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what became of it."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """Return the pieces that lead from one text to the other, in reading order.

    Same and removed pieces joined are `before`; same and added pieces joined are `after`.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    middle = _changes(old[start : len(old) - end], new[start : len(new) - end])
    first = [(Change.SAME, token) for token in old[:start]]
    last = [(Change.SAME, token) for token in old[len(old) - end :]]
    return _joined([*first, *middle, *last])


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many tokens both begin with."""
    count = 0
    for old_token, new_token in zip(old, new, strict=False):
        if old_token != new_token:
            break
        count += 1
    return count


def _changes(old: Sequence[str], new: Sequence[str]) -> list[tuple[Change, str]]:
    if len(old) * len(new) > MOST_CELLS:
        return [
            *((Change.REMOVED, token) for token in old),
            *((Change.ADDED, token) for token in new),
        ]
    best = _lengths(old, new)
    changes: list[tuple[Change, str]] = []
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and old[i] == new[j]:
            changes.append((Change.SAME, old[i]))
            i, j = i + 1, j + 1
        elif j >= len(new) or (i < len(old) and best[i + 1][j] >= best[i][j + 1]):
            changes.append((Change.REMOVED, old[i]))
            i += 1
        else:
            changes.append((Change.ADDED, new[j]))
            j += 1
    return changes


def _lengths(old: Sequence[str], new: Sequence[str]) -> list[list[int]]:
    """Return the length of the longest common run of tokens from each pair of places on."""
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        row, below, token = best[i], best[i + 1], old[i]
        for j in range(len(new) - 1, -1, -1):
            if token == new[j]:
                row[j] = below[j + 1] + 1
            else:
                row[j] = below[j] if below[j] >= row[j + 1] else row[j + 1]
    return best


def _joined(changes: Sequence[tuple[Change, str]]) -> list[Piece]:
    return [
        Piece(change, "".join(token for _, token in run))
        for change, run in groupby(changes, key=itemgetter(0))
    ]
