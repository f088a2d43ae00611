"""Counterfactual: Sci-CoT whose stage 2 also learns to follow a text for another option.

SCOTT (2305.01879, Section 3.2): a student that gives the key whatever its rationale says has
learned to ignore it. So stage 2 is also shown the teacher's rationales for other options, each
leading to the option that it argues for; at test it is asked as in Sci-CoT.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from scicot.pure.methods.plan import Lessons, Method, MethodPlan, StageSpec
from scicot.pure.methods.sci_cot import SciCotConfig
from scicot.pure.methods.sci_cot import plan as sci_cot_plan


class CounterfactualConfig(SciCotConfig):
    """Whose texts for other options are learned, and how much they count."""

    counterfactuals_of: int | None = Field(
        default=None,
        ge=1,
        title="Texts for other options of run",
        description="The run in which a teacher was asked for them (Generate, or generate --for "
        "other_options). Empty: the dataset's newest.",
    )
    counterfactual_weight: float = Field(
        default=1.0,  # SCOTT adds both losses as they are
        gt=0,
        le=100,
        title="Weight of texts for other options (SCOTT: 1)",
    )


def plan(config: CounterfactualConfig) -> MethodPlan:
    """Return Sci-CoT's plan with other options' texts among what stage 2 reads."""
    usual = sci_cot_plan(config)
    *before, answering = usual.stages
    (task,) = answering.tasks
    also = replace(task, other_options=config.counterfactual_weight)
    stage = StageSpec(answering.role, (also,), answering.starts_from)
    answer = replace(usual.answers.answer, task=also)
    return MethodPlan((*before, stage), replace(usual.answers, answer=answer))


METHOD = Method(
    name="counterfactual",
    title="Counterfactual",
    about="Sci-CoT whose second student also follows rationales for other options.",
    source="SCOTT, Wang et al. 2023 (2305.01879)",
    config=CounterfactualConfig,
    plan=plan,
    lessons=Lessons("other_options", "counterfactuals_of"),
)
