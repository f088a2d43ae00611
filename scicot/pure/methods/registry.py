"""Every method by its name. A new one is a file beside this and a name in `MODULES`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scicot.pure.methods import (
    answer_first,
    counterfactual,
    few_shot,
    finetune,
    ho,
    magister,
    one_stage,
    sci_cot,
    soft_labels,
    star,
    step_by_step,
    untrained,
)
from scicot.pure.methods.plan import Method, MethodPlan, Written
from scicot.words.configs import (
    BEFORE,
    STARTER_DEFAULTS,
    STARTER_STUDENT,
    Config,
    TrainingConfig,
    still_taken,
)
from scicot.words.errors import InvalidConfig
from scicot.words.records import RunKind

# In the order in which they are shown, the paper's first.
MODULES = (
    *(finetune, one_stage, sci_cot, step_by_step),
    *(answer_first, counterfactual, soft_labels, magister, ho, star),
    *(untrained, few_shot),
)
_METHODS: dict[str, Method] = {}
# The paper's claim, "two stages beat one": what a comparison opens on.
CLAIM = (sci_cot.METHOD.name, one_stage.METHOD.name)


def register(method: Method) -> None:
    """Make a method known under its name, after those that are known."""
    _METHODS[method.name] = method


def forget(name: str) -> None:
    """Make a method unknown again."""
    del _METHODS[name]


for _module in MODULES:
    register(_module.METHOD)


def list_methods() -> list[Method]:
    """Return every method, the paper's first."""
    return list(_METHODS.values())


def list_trained() -> list[Method]:
    """Return the methods whose runs have a student of their own."""
    return [method for method in list_methods() if method.run_kind is RunKind.TRAIN]


def list_in_table(table: str) -> list[Method]:
    """Return the methods of one of the paper's tables, `methods` (II) or `sizes` (III, IV)."""
    return [method for method in list_methods() if table in method.paper_tables]


def find_method(name: str) -> Method:
    """Return the method of this name; raises InvalidConfig with the names there are."""
    method = _METHODS.get(name)
    if method is None:
        raise InvalidConfig(f"There is no method '{name}'. Choose one of: {', '.join(_METHODS)}.")
    return method


def title_of(name: str | None) -> str:
    """Return a method's title as tables show it; of one that is unknown here its name."""
    method = _METHODS.get(name or "")
    return method.title if method else str(name)


def usual_plan(name: str | None) -> MethodPlan | None:
    """Return a method's plan under its defaults; None where no student of ours answers."""
    method = _METHODS.get(name or "")
    return method.usual if method else None


def learner_of(kind: str) -> Method:
    """Return the method that learns lessons of this kind."""
    return next(
        method for method in list_methods() if method.lessons and method.lessons.kind == kind
    )


def has_recipe(name: str | None) -> bool:
    """Return whether a method is told from others by its rationales."""
    method = _METHODS.get(name or "")
    return method is not None and method.recipe is not None


def needs_rationales(method: Method) -> bool:
    """Return whether a method cannot train without a snapshot."""
    return method.usual is not None and method.usual.needs_rationales


def learns(name: str | None) -> bool:
    """Return whether a run of this method answers with what it learned; of others it is not known.

    Otherwise its student is as it came, the same with every seed.
    """
    plan = usual_plan(name)
    return plan is None or plan.needs_questions


def plan_of(config: TrainingConfig) -> MethodPlan:
    """Return what a run of these settings trains, and how it answers."""
    method = find_method(config.method)
    if method.plan is None:
        raise InvalidConfig(_trains_nothing(method))
    return method.plan(config)


def make_config(**values: Any) -> TrainingConfig:
    """Return a training run's settings, checked; those of other methods are left out.

    Raises InvalidConfig naming the setting, what was given, and what to do.
    """
    if "method" not in values:
        raise InvalidConfig("Setting 'method' is missing. Name one of: " + ", ".join(_METHODS))
    method = find_method(str(values["method"]))
    if not issubclass(method.config, TrainingConfig):
        raise InvalidConfig(_trains_nothing(method))
    config = method.config.checked(**settings_for(method, values))
    if plan_of(config).needs_rationales and not config.snapshot:
        raise InvalidConfig(
            f"Setting 'snapshot': {method.name} needs a snapshot of rationales to train on. "
            "Name one."
        )
    return config


def read_config(stored: Mapping[str, Any]) -> TrainingConfig:
    """Return a stored run's settings; what came later is as it was for that run.

    In place of a value that is no more stands what its run goes on with.
    """
    return make_config(**BEFORE | still_taken(stored))


def scores_end(config: TrainingConfig) -> bool:
    """Return whether an option is scored with the end of the output, which comes right after it.

    Not so in the cloze form, nor where the rationale follows.
    """
    return config.answer_form != "text" and not plan_of(config).answers.writes_after


def second_stage_trains_on(config: TrainingConfig) -> Written | None:
    """Return which rationales the answering stage trains on; None where it reads none."""
    reads = plan_of(config).answers.answer.task.reads
    return reads.training if reads else None


def own_settings() -> set[str]:
    """Return the settings that belong to one method alone, whichever."""
    return {name for method in list_methods() for name in method.own_settings}


def settings_for(method: Method, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values but for those of settings that only other methods have."""
    others = own_settings() - set(method.own_settings)
    return {name: value for name, value in values.items() if name not in others}


def default_setting(name: str, student: str, methods: Sequence[Method] = ()) -> Any:
    """Return the default of a training setting for this student.

    Of several methods' the first that has it counts; without any it is what most methods have.
    """
    for method in methods:
        if name in method.config.model_fields:
            return getattr(_usual_config(method, student), name)
    if student == STARTER_STUDENT and name in STARTER_DEFAULTS:
        return STARTER_DEFAULTS[name]
    for method in list_trained():
        if name in method.config.model_fields:
            return method.config.model_fields[name].default
    raise KeyError(name)


def _usual_config(method: Method, student: str) -> Config:
    """Return what a run of this method is told where nothing is said but the student."""
    return method.config.checked(method=method.name, dataset="", student=student)


def _trains_nothing(method: Method) -> str:
    return f"{method.name} trains nothing; it takes {method.config.__name__}"
