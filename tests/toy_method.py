"""A method that the product has not: one student explains, then answers from its explanation."""

from __future__ import annotations

from pydantic import Field

from scicot.pure.methods.plan import (
    AnswerSpec,
    Asked,
    Method,
    MethodPlan,
    Reads,
    StageSpec,
    TaskSpec,
    Writes,
)
from scicot.words.configs import TrainingConfig

ROLE = "explainer"


class ExplainFirstConfig(TrainingConfig):
    """How much the explanations count."""

    explain_weight: float = Field(default=1.0, gt=0, title="Weight of the explanations")


def plan(config: ExplainFirstConfig) -> MethodPlan:
    """Return one stage with two tasks, the second of which reads what the first writes."""
    explains = TaskSpec(Writes.RATIONALE, "why: ", weight=config.explain_weight)
    answers = TaskSpec(Writes.ANSWER, "so: ", reads=Reads(ROLE, "teacher"))
    return MethodPlan(
        stages=(StageSpec(ROLE, (answers, explains)),),
        answers=AnswerSpec(Asked(ROLE, answers), Asked(ROLE, explains)),
    )


METHOD = Method(
    name="explain_first",
    title="Explain first",
    about="One student explains, then answers from its explanation.",
    source="a test",
    config=ExplainFirstConfig,
    plan=plan,
)
