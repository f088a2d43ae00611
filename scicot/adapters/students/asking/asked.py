"""Questions whose options are scored, as token ids, and which of them are read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SPREAD = 1  # tokens by which options that are read together may differ in length


@dataclass(frozen=True, slots=True)
class Asked:
    """An input and the options to score, as token ids; `skip` target tokens are not counted."""

    prompt: list[int]
    targets: list[list[int]]
    skip: int

    @property
    def shared(self) -> list[int]:
        """The tokens that all targets begin with; at least one is left to differ."""
        longest = min(len(target) for target in self.targets) - 1
        place = 0
        while place < longest and len({target[place] for target in self.targets}) == 1:
            place += 1
        return self.targets[0][:place]

    @property
    def read_as_one(self) -> Asked:
        """The same, where input and target are one sequence: what is not counted is input.

        Texts that a student wrote differ in length, and only questions whose options share as many
        tokens are scored together.
        """
        given = min(self.skip, len(self.shared))
        return Asked(
            self.prompt + self.targets[0][:given],
            [target[given:] for target in self.targets],
            self.skip - given,
        )

    @property
    def length(self) -> int:
        """How many tokens are read before the options differ."""
        return len(self.prompt) + len(self.shared)

    @property
    def read(self) -> list[int]:
        """The tokens of a causal student's input that are read before the options differ."""
        return self.prompt + self.shared


def alike(asked: Sequence[Asked], places: Sequence[int], most_kept: int) -> list[list[int]]:
    """Return places of questions whose options share as many tokens, ordered by length."""
    order = sorted(places, key=lambda index: (len(asked[index].shared), asked[index].length))
    parts: list[list[int]] = []
    for index in order:
        part = parts[-1] if parts else []
        alike = part and len(asked[part[0]].shared) == len(asked[index].shared)
        if alike and (len(part) + 1) * asked[index].length <= most_kept:
            part.append(index)
        else:
            parts.append([index])
    return parts


def padded_runs(asked: Sequence[Asked], most_read: int) -> list[tuple[int, int]]:
    """Return where batches of ordered questions begin and end."""
    ends = [0]
    for place, question in enumerate(asked):
        if place > ends[-1] and (place + 1 - ends[-1]) * question.length > most_read:
            ends.append(place)
    return list(zip(ends, [*ends[1:], len(asked)], strict=True))


def near_lengths(rest: Sequence[list[int]], most_rows: int) -> list[list[int]]:
    """Return the places of rows with more than one token, in groups of nearly equal length."""
    order = sorted((len(row), place) for place, row in enumerate(rest) if len(row) > 1)
    groups: list[list[int]] = []
    shortest = 0
    for length, place in order:
        if not groups or length > shortest + SPREAD or len(groups[-1]) == most_rows:
            groups.append([])
            shortest = length
        groups[-1].append(place)
    return groups
