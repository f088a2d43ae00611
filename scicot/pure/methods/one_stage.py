"""One-stage: x -> r, then a, in one target (the paper's ablation, Table II)."""

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

WRITES_BOTH = TaskSpec(Writes.RATIONALE_THEN_ANSWER)


def plan(config: TrainingConfig) -> MethodPlan:
    """Return one stage from question to rationale and answer."""
    return MethodPlan(
        stages=(StageSpec("one_stage", (WRITES_BOTH,)),),
        answers=AnswerSpec(Asked("one_stage", WRITES_BOTH)),
    )


METHOD = Method(
    name="one_stage",
    title="One-stage",
    about="Question to rationale and answer, in one target.",
    source="the paper's ablation",
    config=TrainingConfig,
    plan=plan,
    paper_tables=("methods",),
)
