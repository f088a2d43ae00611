"""Untrained: the student as it is, asked like a fine-tuned one. What training adds starts here."""

from __future__ import annotations

from scicot.pure.methods.plan import (
    AnswerSpec,
    Asked,
    Method,
    MethodPlan,
    StageSpec,
    TaskSpec,
    Writes,
)
from scicot.words.configs import TrainingConfig


def plan(config: TrainingConfig) -> MethodPlan:
    """Return a stage that learns nothing and answers from the question alone."""
    return MethodPlan(
        stages=(StageSpec("answer", ()),),
        answers=AnswerSpec(Asked("answer", TaskSpec(Writes.ANSWER))),
    )


METHOD = Method(
    name="untrained",
    title="Untrained",
    about="The student as it is, without a step of training.",
    source="ours: what training has to be better than",
    config=TrainingConfig,
    plan=plan,
)
