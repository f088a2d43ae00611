"""What differs between two runs' settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting with its value in the run compared with and in this one; None: not set."""

    setting: str
    there: Any
    here: Any


def find_differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[Difference]:
    """Return the settings that differ, in the order of `there`, then those that only `here` has.

    A setting that one of them lacks, being another method's, counts as not set.
    """
    ours, theirs = _plain(here), _plain(there)
    return [
        Difference(name, theirs.get(name), ours.get(name))
        for name in dict.fromkeys([*theirs, *ours])
        if theirs.get(name) != ours.get(name)
    ]


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()
    }
