"""How long something takes, in words."""

from __future__ import annotations


def say_duration(seconds: float) -> str:
    """Return seconds, minutes, hours or days, whichever reads best: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    hours = seconds / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} days"
