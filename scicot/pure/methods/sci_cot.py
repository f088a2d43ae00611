"""Sci-CoT: x -> r, then a second model x + r' -> a (Section III, Eq. 1 and 2).

r' is what the first stage's student writes. What it was trained on it also wrote about: the
paper's choice (`in_sample`), and the method's main threat; `cross_fit` takes it away.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

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

WRITES_RATIONALE = TaskSpec(Writes.RATIONALE)


class SciCotConfig(TrainingConfig):
    """What the paper leaves open between the two stages."""

    stage2_rationales: Literal["in_sample", "cross_fit", "teacher"] = Field(
        default="in_sample",  # [paper]
        title="Stage 2 trains on rationales (paper: in_sample)",
        description="in_sample: what stage 1 wrote for the questions it was trained on, so that "
        "stage 2 may learn from better texts than it is asked with (the method's main threat); "
        "cross_fit: what students wrote that did not see the question, at the cost of training "
        "them; teacher: the snapshot's own. Every run measures how far they part.",
    )
    folds: int | None = Field(default=3, ge=2, le=20, title="Folds of cross_fit (ours)")
    stage2_init: Literal["base", "stage1"] = Field(
        default="base",  # [paper]
        title="Stage 2 starts from (paper: base)",
    )

    @model_validator(mode="before")
    @classmethod
    def _folds_are_of_cross_fit(cls, values: Any) -> Any:
        """Without folds there is no number of them, so that equal runs have equal settings."""
        if not isinstance(values, dict):
            return values
        if values.get("stage2_rationales") != "cross_fit":
            return values | {"folds": None}
        return {name: value for name, value in values.items() if (name, value) != ("folds", None)}


def plan(config: SciCotConfig) -> MethodPlan:
    """Return the stage that writes rationales and the stage that answers from them."""
    reads = Reads("rationale", config.stage2_rationales, config.folds or 0)
    answers = TaskSpec(Writes.ANSWER, reads=reads)
    from_stage_1 = "rationale" if config.stage2_init == "stage1" else None
    return MethodPlan(
        stages=(
            StageSpec("rationale", (WRITES_RATIONALE,)),
            StageSpec("answer", (answers,), starts_from=from_stage_1),
        ),
        answers=AnswerSpec(Asked("answer", answers), Asked("rationale", WRITES_RATIONALE)),
    )


METHOD = Method(
    name="sci_cot",
    title="Sci-CoT",
    about="One student writes the rationale, a second one answers from it.",
    source="the paper, Section III",
    config=SciCotConfig,
    plan=plan,
    paper_tables=("methods", "sizes"),
)
