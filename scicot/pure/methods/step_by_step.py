"""Step by step: one model, two tasks with prefixes, x -> a and x -> r (Hsieh et al. 2023)."""

from __future__ import annotations

from pydantic import Field

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

ROLE = "step_by_step"
PREDICT, EXPLAIN = "predict: ", "explain: "  # the prefixes of Hsieh et al.


class StepByStepConfig(TrainingConfig):
    """How much the rationales count beside the answers."""

    rationale_weight: float = Field(
        default=1.0,  # Hsieh et al. 2023, lambda
        gt=0,
        title="Weight of rationales (Hsieh et al.: 1)",
    )


def plan(config: StepByStepConfig) -> MethodPlan:
    """Return one stage with two tasks; it answers without reading what it explains."""
    predicts = TaskSpec(Writes.ANSWER, PREDICT)
    explains = TaskSpec(Writes.RATIONALE, EXPLAIN, weight=config.rationale_weight)
    return MethodPlan(
        stages=(StageSpec(ROLE, (predicts, explains)),),
        answers=AnswerSpec(Asked(ROLE, predicts), Asked(ROLE, explains)),
    )


METHOD = Method(
    name="step_by_step",
    title="Step-by-step",
    about="One student, two tasks with prefixes (Hsieh et al. 2023).",
    source="Hsieh et al. 2023",
    config=StepByStepConfig,
    plan=plan,
)
