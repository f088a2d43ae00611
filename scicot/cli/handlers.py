"""Which handler carries out a run of each kind. Each imports its heavy packages when called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scicot.services.runs.cards import on_own_cards
from scicot.services.runs.context import Handler, RunContext
from scicot.words.records import RunKind


def _generate(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.teacher.generation import run_generation

    return run_generation(context)


def _train(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.training.training import run_training

    with on_own_cards(context):
        return run_training(context)


def _few_shot(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.teacher.few_shot import run_few_shot

    return run_few_shot(context)


def _attribute(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.evaluation.asking import run_attribution

    with on_own_cards(context):
        return run_attribution(context)


def _predict(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.students.predicting import run_prediction

    with on_own_cards(context):
        return run_prediction(context)


def _judge(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.judge.judging import run_judge

    return run_judge(context)


def _lesson(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.teacher.lessons import run_lesson

    return run_lesson(context)


def _worth(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.worth.run import run_worth

    with on_own_cards(context):
        return run_worth(context)


def _estimate(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.training.tryout import run_estimate

    return run_estimate(context)


def _import(context: RunContext) -> Mapping[str, Any]:
    from scicot.services.imports.run import run_import

    return run_import(context)


HANDLERS: Mapping[RunKind, Handler] = {
    RunKind.GENERATE: _generate,
    RunKind.TRAIN: _train,
    RunKind.PREDICT: _predict,
    RunKind.FEW_SHOT: _few_shot,
    RunKind.ATTRIBUTE: _attribute,
    RunKind.JUDGE: _judge,
    RunKind.LESSON: _lesson,
    RunKind.WORTH: _worth,
    RunKind.ESTIMATE: _estimate,
    RunKind.IMPORT: _import,
}
