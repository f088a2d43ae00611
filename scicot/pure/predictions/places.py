"""Where answers fall among the places of the options, and what one place always would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scicot.pure.shares import say_share

FALLEN = 0.8  # share of answers on one place above which a run has not learned to choose


def place_of(label: str | None) -> int | None:
    """Return the place, from 1, that a label names: A and 1 are the first; None for another."""
    if label is None or len(label) > 2:
        return None
    if label.isdecimal():
        return int(label)
    return ord(label.upper()) - ord("A") + 1 if len(label) == 1 and label.isalpha() else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands beside an accuracy: one place's on the same questions, and where answers fall.

    `same_place` is the accuracy, a fraction, of always answering the best place; `place` the one
    answered most, from 1, and `share` its share of the answers that could be read.
    """

    same_place: float | None = None
    place: int | None = None
    share: float | None = None

    @property
    def has_fallen(self) -> bool:
        """True when more than 80 % of the answers fall on one place."""
        return self.place is not None and self.share is not None and self.share > FALLEN

    @property
    def warning(self) -> str:
        """What every screen says of a run that answers one place; empty for one that chooses."""
        if not self.has_fallen:
            return ""
        share = say_share(self.share, 0)
        return f"answers place {self.place} on {share}: it has not learned to choose"

    @property
    def brief(self) -> str:
        """The warning in a few characters, for a narrow column; empty for one that chooses."""
        return f"{say_share(self.share, 0)} at place {self.place}" if self.has_fallen else ""

    def warn(self, name: str) -> str:
        """Return the warning as a sentence about a run of this name; empty for one that chooses."""
        if not self.has_fallen:
            return ""
        best = say_share(self.same_place)
        return f"{name} {self.warning}; the best place always would give {best}."


def warn_of_seeds(standings: Sequence[tuple[int | None, Standing]]) -> str:
    """Return the warning of the seeds that answer one place, each with its own; empty for none.

    Of a single run the seed is left out.
    """
    fallen = [(seed, standing) for seed, standing in standings if standing.has_fallen]
    if len(standings) == 1:
        return fallen[0][1].warning if fallen else ""
    said = [
        f"with seed {seed} answers place {standing.place} on {say_share(standing.share, 0)}"
        for seed, standing in fallen
    ]
    count = f"{len(said)} of {len(standings)} seeds {'has' if len(said) == 1 else 'have'}"
    return f"{', '.join(said)}: {count} not learned to choose" if said else ""


def read_standing(metrics: Mapping[str, Any] | None) -> Standing:
    """Return what a run's stored measures say of it; nothing known where they lack it."""
    found = metrics or {}
    return Standing(
        found.get("same_place"),
        found.get("most_answered_place"),
        found.get("most_answered_share"),
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Where answers fall, and where the keys stand.

    `answered` and `keys` count by place, from 1; what was not read is in `n` alone.
    """

    n: int = 0
    answered: Mapping[int, int] = field(default_factory=dict)
    keys: Mapping[int, int] = field(default_factory=dict)

    @property
    def standing(self) -> Standing:
        """What stands beside the accuracy; of places that are answered as often the first."""
        same_place = max(self.keys.values()) / self.n if self.keys and self.n else None
        read = sum(self.answered.values())
        if not read:
            return Standing(same_place)
        place, count = min(self.answered.items(), key=lambda item: (-item[1], item[0]))
        return Standing(same_place, place, count / read)


def count_places(counts: Iterable[tuple[str | None, str, int]]) -> Places:
    """Return the places of (label answered, answer key, how often)."""
    answered: Counter[int] = Counter()
    keys: Counter[int] = Counter()
    n = 0
    for label, answer_key, count in counts:
        n += count
        given, key = place_of(label), place_of(answer_key)
        if given is not None:
            answered[given] += count
        if key is not None:
            keys[key] += count
    return Places(n, answered, keys)
