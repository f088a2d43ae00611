"""In what the runs of a list are unlike: what has to stand beside each one's accuracy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from scicot.pure.evaluation.settings import (
    OF_ANSWERING,
    answering_settings,
    lesson_setting,
    method_settings,
    say_value,
    table_settings,
)
from scicot.pure.methods.registry import learns
from scicot.words.records import RunKind
from scicot.words.runs import RunView

OTHERS = (RunKind.FEW_SHOT, RunKind.PREDICT, RunKind.IMPORTED)  # that answer, and trained nothing
UNLIKE = "Accuracies of runs that differ in a setting are not to be compared as they stand."
Told = dict[tuple[str, str], str]  # a setting's value in words, by (among whom, name)


def tell_apart(
    runs: Sequence[RunView], shown: Collection[str] = (), *, is_named: bool = True
) -> dict[int, str]:
    """Return by run in what it is unlike others of these, in words; empty where in nothing.

    "answer form text, show options no": only what differs among them, never the seed, since runs
    that are alike but for their seeds are one cell. `shown` are settings that the list has a place
    for; where it `is_named`, what a run's name says needs no other word. A snapshot is compared
    within its dataset, what one method alone is told within that method.
    """
    told = {run.id: _told(run) for run in runs}
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for of in told.values():
        for key, value in of.items():
            values[key].add(value)
    return {
        run.id: ", ".join(
            f"{name} {value}"
            for (among, name), value in told[run.id].items()
            if len(values[among, name]) > 1
            and name.replace(" ", "_") not in shown
            and not {value, f"{name} {value}"} & named
        )
        for run in runs
        for named in [set(run.name.split(" · ") if is_named else ())]
    }


def _told(run: RunView) -> Told:
    """Return what a run was told, in words; nothing of a run that answers no questions."""
    if run.kind is RunKind.TRAIN:
        return _told_to_train(run)
    if run.kind not in OTHERS:
        return {}
    settings = {
        **{"dataset": run.dataset, "split": run.config.get("split")},
        **answering_settings(run.config),
    }
    if run.kind is RunKind.PREDICT:
        settings["students of run"] = run.config.get("run")
    return _in_words(run.kind.value, settings)


def _told_to_train(run: RunView) -> Told:
    settings = {
        **{
            "method": run.method,
            "dataset": run.dataset,
            "fraction": run.config.get("fraction", 1.0),
        },
        **table_settings(run.carried_out),
    }
    if not learns(run.method):
        answering = {name: settings[name] for name in ("method", "dataset", *OF_ANSWERING)}
        return _in_words("all", answering)
    if settings.get("steps") is not None:  # epochs decide nothing beside them
        del settings["epochs"]
    if settings["precision"] == "auto":  # no machine has chosen yet
        del settings["precision"]
    if run.engines:
        settings["training_engine"] = " and ".join(run.engines)
    lessons = lesson_setting(run.config)
    own = {name: of for name, of in method_settings(run.config).items() if name not in lessons}
    return (
        _in_words("all", settings)
        | _in_words(f"on {run.dataset}", {"snapshot": run.config.get("snapshot"), **lessons})
        | _in_words(f"by {run.method}", {name: of for name, of in own.items() if of is not None})
    )


def _in_words(among: str, settings: dict[str, object]) -> Told:
    return {(among, name.replace("_", " ")): say_value(value) for name, value in settings.items()}
