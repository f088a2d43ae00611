"""How a share is written, wherever one is read: one form for every screen, file and sentence."""

from __future__ import annotations

NONE = "–"  # what is not known
SPACE = "\u00a0"  # a number and its sign stay on one line


def say_share(share: float | None, digits: int = 1) -> str:
    """Return a fraction as "56.0 %", the space one that does not break; a dash for none."""
    return NONE if share is None else f"{share * 100:.{digits}f}{SPACE}%"


def say_part(share: float) -> str:
    """Return a share that was chosen as "12.5 %" or "25 %", without a digit that says nothing."""
    return say_share(share).replace(f".0{SPACE}", SPACE)
