"""What may differ between the runs that a table or a comparison sets side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scicot.pure.methods.registry import own_settings
from scicot.words.configs import TrainingConfig

# what a table is about: its rows, columns and seeds
FREE = ("method", "dataset", "fraction", "seed")
# what changes no figure: where work is cut, and how it is counted
WITHOUT_EFFECT = ("checkpoint_every", "tokens_per_batch")
# what a student that was not trained has in common with one that was
OF_ANSWERING = ("student", "answer_form", "show_options", "evaluate_on", "limit_test")
# what a caption names, where a run has it; everything else stands with the run
IN_CAPTION = (
    *("answer_form", "show_options", "steps", "epochs", "questions_per_step", "learning_rate"),
    *("max_rationale_tokens", "selection", "limit_train", "limit_test"),
)


def cell_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the runs of one cell have alike: everything but the seed."""
    left_out = ("seed", *WITHOUT_EFFECT)
    return {name: value for name, value in config.items() if name not in left_out}


def table_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all cells of a table have alike.

    Not the snapshot, which belongs to a dataset, and not what only one method has. A setting that
    came later than the run has its default.
    """
    left_out = {*FREE, *WITHOUT_EFFECT, *own_settings(), "snapshot"}
    defaults = {
        name: field.default
        for name, field in TrainingConfig.model_fields.items()
        if not field.is_required()
    }
    return {name: value for name, value in {**defaults, **config}.items() if name not in left_out}


def run_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two runs should have alike when their methods are compared."""
    shares = {name: config.get(name) for name in ("fraction", "seed", "snapshot")}
    return {**table_settings(config), **shares}


# what chose the weights, in a caption's words
SELECTIONS = {
    "last": "last (no weights were chosen)",
    "validation": "validation (most options chosen rightly, of equals the lower loss; "
    "a stage that only writes rationales by its loss)",
}


def caption_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings that a table's caption names, in its order; limits only where set.

    Steps are said alone: epochs decide nothing beside them.
    """
    decided = {"epochs"} if settings.get("steps") is not None else set()
    said = {
        name.replace("_", " "): say_value(settings[name])
        for name in IN_CAPTION
        if name not in decided and settings.get(name) is not None
    }
    selection = str(settings.get("selection", ""))
    return said | ({"selection": SELECTIONS[selection]} if selection in SELECTIONS else {})


def differing_settings(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings in which two mappings differ, in order of name."""
    return sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))


def say_value(value: Any) -> str:
    """Return a setting's value as a caption shows it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def say_differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Return what differs in words: "epochs 1 against 30"; empty where nothing does."""
    return "; ".join(
        f"{name.replace('_', ' ')} {say_value(a.get(name))} against {say_value(b.get(name))}"
        for name in differing_settings(a, b)
    )
