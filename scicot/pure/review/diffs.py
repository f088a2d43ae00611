"""Differences between two texts, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_TOKEN = re.compile(r"\s+|[^\W_]+(?:['’][^\W_]+)*|[\W_]")


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
    pieces: list[Piece] = []
    for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[i:j]), "".join(new[k:m])
        if gone == come:
            pieces.append(Piece(Change.SAME, gone))
            continue
        if gone:
            pieces.append(Piece(Change.REMOVED, gone))
        if come:
            pieces.append(Piece(Change.ADDED, come))
    return pieces
