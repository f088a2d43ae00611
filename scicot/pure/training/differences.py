"""What differs between two runs' settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scicot.words.configs import SCI_COT_ONLY
from scicot.words.records import Method

USED_ONLY_BY = dict.fromkeys(SCI_COT_ONLY, Method.SCI_COT) | {
    "rationale_weight": Method.STEP_BY_STEP
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting with its value in the run compared with and in this one; None: not set."""

    setting: str
    there: Any
    here: Any


def find_differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[Difference]:
    """Return the settings that differ, in the order of `there`, then those that only `here` has.

    A setting that a method does not use counts as not set. Without folds there is no number of
    folds to differ in.
    """
    ours, theirs = _used(here), _used(there)
    return [
        Difference(name, theirs.get(name), ours.get(name))
        for name in dict.fromkeys([*theirs, *ours])
        if theirs.get(name) != ours.get(name)
    ]


def _used(settings: Mapping[str, Any]) -> dict[str, Any]:
    used = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in settings.items()
        if "method" not in settings
        or settings["method"] == USED_ONLY_BY.get(name, settings["method"])
    }
    if used.get("stage2_rationales") != "cross_fit":
        used.pop("folds", None)
    return used
