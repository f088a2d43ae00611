"""Dollars as screens show them."""

from __future__ import annotations


def format_usd(usd: float | None) -> str:
    """Return dollars with as many digits as matter."""
    if usd is None:
        return "unknown"
    return f"${usd:,.2f}" if usd >= 1 or usd == 0 else f"${usd:.4f}"
