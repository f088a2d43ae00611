"""What may differ between the runs that a table or a comparison sets side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scicot.pure.methods.registry import own_settings

# what a table is about: its rows, columns and seeds
FREE = ("method", "dataset", "fraction", "seed")
# what changes no figure: where work is cut, and how it is counted
WITHOUT_EFFECT = ("checkpoint_every", "tokens_per_batch")


def cell_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the runs of one cell have alike: everything but the seed."""
    left_out = ("seed", *WITHOUT_EFFECT)
    return {name: value for name, value in config.items() if name not in left_out}


def table_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all cells of a table have alike.

    Not the snapshot, which belongs to a dataset, and not what only one method has.
    """
    left_out = {*FREE, *WITHOUT_EFFECT, *own_settings(), "snapshot"}
    return {name: value for name, value in config.items() if name not in left_out}


def differing_settings(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings in which two mappings differ, in order of name."""
    return sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))


def say_value(value: Any) -> str:
    """Return a setting's value as a caption shows it."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def say_differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Return what differs in words: "epochs 1 against 30"; empty where nothing does."""
    return "; ".join(
        f"{name.replace('_', ' ')} {say_value(a.get(name))} against {say_value(b.get(name))}"
        for name in differing_settings(a, b)
    )
