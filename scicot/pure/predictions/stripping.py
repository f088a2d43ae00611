"""How many rationales stated the answer and lost it before a student read them, by kind of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cut:
    """Of so many texts `changed` stated the answer and lost it; `emptied` of these said no more."""

    texts: int = 0
    changed: int = 0
    emptied: int = 0


class Cuts:
    """Counts by kind of text what `strip_answer` took; kinds in the order they were first read."""

    def __init__(self) -> None:
        self.kinds: dict[str, Cut] = {}

    def count(self, kind: str, before: str, after: str) -> None:
        """Take note of one text, as it was and as a student reads it."""
        told, is_changed = self.kinds.get(kind, Cut()), after.strip() != before.strip()
        self.kinds[kind] = Cut(
            told.texts + 1, told.changed + is_changed, told.emptied + (is_changed and not after)
        )


def as_kinds(cuts: Mapping[str, Cut]) -> dict[str, dict[str, int]]:
    """Return the counts by kind as a run's result holds them."""
    return {kind: asdict(cut) for kind, cut in cuts.items()}


def say_stripped(result: Mapping[str, Any]) -> list[str]:
    """Return what a run's result says of it, in a sentence; nothing where no text was stripped.

    A run from before the counts by kind tells of the snapshot's texts alone.
    """
    stripped = result.get("stripped")
    if not isinstance(stripped, Mapping):
        return []
    kinds = stripped.get("kinds")
    if isinstance(kinds, Mapping) and kinds:
        said = "; ".join(_say_kind(kind, cut) for kind, cut in kinds.items())
        return [f"Sentences that state the answer were cut from these rationales: {said}."]
    if not stripped.get("changed"):
        return []
    return [
        f"The answer was cut from {stripped['changed']:,} of the snapshot's rationales, which "
        f"left {stripped.get('emptied', 0):,} empty."
    ]


def _say_kind(kind: str, cut: Mapping[str, int]) -> str:
    left = f", {cut['emptied']:,} left empty" if cut["emptied"] else ""
    return f"{kind.replace('_', ' ')} {cut['changed']:,} of {cut['texts']:,}{left}"
