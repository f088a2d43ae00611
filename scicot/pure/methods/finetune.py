"""Fine-tune: x -> a, the paper's baseline (Section IV, Table II)."""

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

ANSWERS = TaskSpec(Writes.ANSWER)


def plan(config: TrainingConfig) -> MethodPlan:
    """Return one stage from question to answer."""
    return MethodPlan(
        stages=(StageSpec("answer", (ANSWERS,)),),
        answers=AnswerSpec(Asked("answer", ANSWERS)),
    )


METHOD = Method(
    name="finetune",
    title="Fine-tune",
    about="Question to answer; needs no rationales.",
    source="the paper's baseline",
    config=TrainingConfig,
    plan=plan,
    paper_tables=("methods", "sizes"),
)
