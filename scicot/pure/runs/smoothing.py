"""A curve with its noise taken out, as experiment trackers draw it."""

from __future__ import annotations

from collections.abc import Sequence


def smooth(values: Sequence[float], share: float) -> list[float]:
    """Return the exponential moving mean; `share` (0 to 1) is how much the past counts.

    Divided by what has been added so far, so that the first points are not drawn towards 0.
    """
    smoothed: list[float] = []
    mean, weight = 0.0, 0.0
    for value in values:
        mean = share * mean + (1 - share) * value
        weight = share * weight + (1 - share)
        smoothed.append(mean / weight)
    return smoothed
