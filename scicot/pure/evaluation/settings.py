"""What may differ between the runs that a table or a comparison sets side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scicot.pure.methods.registry import find_method, own_settings, settings_for
from scicot.words.configs import BEFORE, TrainingConfig
from scicot.words.errors import InvalidConfig

# what a table is about: its rows, columns and seeds
FREE = ("method", "dataset", "fraction", "seed")
# what changes no figure: where work is cut, and how it is counted
WITHOUT_EFFECT = ("checkpoint_every", "tokens_per_batch")
# what a student that was not trained has in common with one that was
OF_ANSWERING = ("student", "answer_form", "show_options", "evaluate_on", "limit_test")
# what a caption names first, wherever a run has it; the rest follows where it is not the default
IN_CAPTION = (
    *("answer_form", "show_options", "steps", "epochs", "questions_per_step", "learning_rate"),
    *("max_rationale_tokens", "selection", "limit_train", "limit_test", "precision"),
)
SAID_ELSEWHERE = ("student", "evaluate_on")  # by a caption's own words


# of a run that trained nothing: what belongs to a dataset or to the run alone, and what changes no
# answer
OF_ITSELF = (
    *("dataset", "split", "seed", "examples", "run", "file", "content_hash"),
    *("concurrency", "budget_usd", "maybe_paid", "questions_per_shard"),
)
IN_LABEL = ("teacher", "shots", "chain_of_thought", "samples", "second_call")  # of its row


def answering_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two runs should have alike that trained nothing."""
    return {name: value for name, value in config.items() if name not in OF_ITSELF}


def asking_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the cells of one row have alike where no method of ours was trained."""
    settings = answering_settings(config)
    return {name: value for name, value in settings.items() if name not in IN_LABEL}


def cell_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the runs of one cell have alike: all but the seed, and what it drew."""
    left_out = ("seed", "examples", *WITHOUT_EFFECT)
    return {name: value for name, value in config.items() if name not in left_out}


def table_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all cells of a table have alike.

    Not the snapshot, which belongs to a dataset, and not what only one method has. A setting that
    came later than the run has its default.
    """
    left_out = {*FREE, *WITHOUT_EFFECT, *own_settings(), "snapshot"}
    told = {**_defaults(), **config}
    return {name: value for name, value in told.items() if name not in left_out}


def _defaults() -> dict[str, Any]:
    """Return what a run is told where nothing is said, whatever its method and student."""
    return {
        name: field.default
        for name, field in TrainingConfig.model_fields.items()
        if not field.is_required()
    }


def method_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only runs of this config's method are told; nothing of a method unknown here.

    A setting that came later than the run has its default.
    """
    try:
        method = find_method(str(config.get("method")))
    except InvalidConfig:
        return {}
    try:
        told = method.config.checked(**settings_for(method, BEFORE | dict(config)))
    except InvalidConfig:  # as it is stored, where it can no longer be read whole
        fields = method.config.model_fields
        return {name: config.get(name, fields[name].default) for name in method.own_settings}
    return {name: getattr(told, name) for name in method.own_settings}


def lesson_setting(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return whose lessons the run learned from, by the setting that says so; nothing without any.

    They are of a dataset, as a snapshot is.
    """
    own = method_settings(config)
    lessons = find_method(str(config["method"])).lessons if own else None
    return {lessons.setting: own[lessons.setting]} if lessons else {}


def usual_settings(name: str) -> dict[str, Any]:
    """Return a method's own settings where nothing is said: the paper's, where it has any."""
    return method_settings({"method": name, "dataset": ""})


def unusual_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of its method's own in which a run is not the usual one.

    Whose lessons it learned from is of a dataset, and not among them.
    """
    usual, lessons = usual_settings(str(config.get("method"))), lesson_setting(config)
    return {
        name: value
        for name, value in method_settings(config).items()
        if name not in lessons and usual.get(name) != value
    }


def run_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two runs should have alike when their methods are compared."""
    shares = {name: config.get(name) for name in ("fraction", "seed", "snapshot")}
    return {**table_settings(config), **shares}


def shared_own(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings that the methods of two configs both have of their own, with each one's.

    A setting that only one of the two methods has is part of that method, and no difference.
    """
    own_a, own_b = method_settings(a), method_settings(b)
    shared = sorted(own_a.keys() & own_b.keys())
    return {name: own_a[name] for name in shared}, {name: own_b[name] for name in shared}


# what chose the weights, in a caption's words
SELECTIONS = {
    "last": "last (no weights were chosen)",
    "validation": "validation (most options chosen rightly, of equals the lower loss; "
    "a stage that only writes rationales by its loss)",
}


def caption_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings that a table's caption names, in its order; limits only where set.

    Every other setting follows where it is not the default. Steps are said alone: epochs decide
    nothing beside them.
    """
    decided = {"epochs"} if settings.get("steps") is not None else set()
    said = {
        name.replace("_", " "): say_value(settings[name])
        for name in IN_CAPTION
        if name not in decided and settings.get(name) is not None
    }
    if said.get("precision") == "auto":  # it says nothing until a machine has chosen
        del said["precision"]
    if "steps" in said:  # a method of two stages takes twice as many
        said["steps"] += " a stage"
    said |= {
        name.replace("_", " "): say_value(value)
        for name, value in _unusual(settings).items()
        if name not in (*IN_CAPTION, *SAID_ELSEWHERE)
    }
    selection = str(settings.get("selection", ""))
    return said | ({"selection": SELECTIONS[selection]} if selection in SELECTIONS else {})


def _unusual(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that are not the default; one unknown here is, where it has a value."""
    defaults = _defaults()
    return {name: value for name, value in settings.items() if value != defaults.get(name)}


def caption_own(own: Mapping[str, Any]) -> dict[str, str]:
    """Return a method's own settings as a caption names them; what is not set is left out."""
    return {
        name.replace("_", " "): say_value(value) for name, value in own.items() if value is not None
    }


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
    if isinstance(value, Mapping):
        return " and ".join(f"{name} {say_value(of)}" for name, of in value.items())
    return str(value)


def if_both_trained(
    a: Mapping[str, Any], b: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two runs' settings without a precision that only one of them was trained in.

    A student as it is was trained in none, and what a machine makes of `auto` is not known before.
    """
    is_known = "auto" not in (a.get("precision"), b.get("precision"))
    left_out = () if is_known else ("precision",)
    return (
        {name: value for name, value in a.items() if name not in left_out},
        {name: value for name, value in b.items() if name not in left_out},
    )


def list_unlike(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of the settings that not all of these have alike, in their order."""
    names = dict.fromkeys(name for of in settings for name in of)
    return [
        name for name in names if len({say_value(of[name]) for of in settings if name in of}) > 1
    ]


def say_settings(settings: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return these settings with their values: "answer form text, epochs 2"."""
    return ", ".join(
        f"{name.replace('_', ' ')} {say_value(settings[name])}"
        for name in names
        if name in settings
    )


def say_engines(a: Sequence[str], b: Sequence[str]) -> str:
    """Return by which versions of the training engine two were trained, where they differ.

    Runs from before versions were kept have none, which is no difference.
    """
    if not a or not b or a == b:
        return ""
    return f"training engine {' and '.join(a)} against {' and '.join(b)}"


def say_differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Return what differs in words: "epochs 1 against 30"; empty where nothing does."""
    return "; ".join(
        f"{name.replace('_', ' ')} {say_value(a.get(name))} against {say_value(b.get(name))}"
        for name in differing_settings(a, b)
    )
