"""How much a teacher is asked at most: a number of texts, and an amount of money."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator


def choose_limit(place: DeltaGenerator, key: str, label: str) -> int | None:
    """Return how many are asked about at most; None for all of them."""
    return place.number_input(
        label, min_value=1, value=None, placeholder="all of them", key=key, persist_state="session"
    )


def choose_budget(place: DeltaGenerator, key: str) -> float | None:
    """Return the USD that are never passed; None for no bound."""
    return place.number_input(
        "Budget (USD)",
        min_value=0.0001,
        value=None,
        format="%.4f",
        placeholder="none",
        key=key,
        help="Never passed: money is set aside before a call is sent.",
        persist_state="session",
    )
