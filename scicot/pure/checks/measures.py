"""Precision and recall of checks against labels given by reading."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scicot.pure.checks.table import CHECKS


@dataclass(frozen=True, slots=True)
class Measure:
    """How often a check was right when it spoke, and how much of what is wrong it found.

    `right` counts texts where check and label agree that something is wrong, `wrong` those where
    only the check spoke, `missed` those where only the label does.
    """

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Right over spoken; None when the check never spoke."""
        spoken = self.right + self.wrong
        return self.right / spoken if spoken else None

    @property
    def recall(self) -> float | None:
        """Right over labelled; None when the label was never given."""
        there = self.right + self.missed
        return self.right / there if there else None


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A rationale somebody read, and the checks that should speak about it.

    `held_out` marks the half that was not looked at while the checks were written.
    """

    question_id: str
    text: str
    labels: tuple[str, ...]
    held_out: bool


@dataclass(frozen=True, slots=True)
class LabelledId:
    """The labels of another teacher's text, which is told by its question and hash.

    `is_rejected`: the reader would not teach it as it stands.
    """

    question_id: str
    text_hash: str
    labels: tuple[str, ...]
    is_rejected: bool
    held_out: bool


def hash_text(text: str) -> str:
    """Return what tells a labelled text from another one of its question."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def measure_checks(
    pairs: Iterable[tuple[frozenset[str], frozenset[str]]],
) -> Mapping[str, Measure]:
    """Return the measure of each check from (checks that spoke, labels given) per text."""
    listed = list(pairs)
    return {
        check.id: Measure(
            right=sum(check.id in spoke and check.id in given for spoke, given in listed),
            wrong=sum(check.id in spoke and check.id not in given for spoke, given in listed),
            missed=sum(check.id not in spoke and check.id in given for spoke, given in listed),
        )
        for check in CHECKS
        if check.find is not None
    }
