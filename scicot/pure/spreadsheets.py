"""What a spreadsheet makes of a cell's text."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(text: str) -> str:
    """Return the text as a spreadsheet takes it for text, never for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
