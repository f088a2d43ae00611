"""Soft labels: x -> a, with the teacher's probabilities of the options at the deciding token.

2412.09807: a teacher's distribution over the letters says which options are nearly right, which
the key alone does not. The letter's loss is `(1 - w) CE(key) + w sum_i p_i CE(option i)`.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from scicot.pure.methods.plan import Lessons, Method, MethodPlan, TaskSpec, Writes, train_one
from scicot.words.configs import TrainingConfig

ROLE = "answer"


class SoftLabelsConfig(TrainingConfig):
    """Whose probabilities are learned, and how much of the letter's loss goes by them."""

    soft_labels_of: int | None = Field(
        default=None,
        ge=1,
        title="Probabilities of run",
        description="The run in which a teacher was asked for them (Generate, or generate --for "
        "option_shares). Empty: the dataset's newest.",
    )
    soft_weight: float = Field(
        default=0.5,  # [ours] the key counts as much as the teacher
        gt=0,
        le=1,
        title="Share of the letter's loss by the teacher (ours: 0.5)",
    )

    @model_validator(mode="before")
    @classmethod
    def _answer_by_letter(cls, values: Any) -> Any:
        """Put the paper's form in place of the starter's usual one, which has no letter."""
        if isinstance(values, dict):
            return {"answer_form": "letter_and_text"} | values
        return values

    @model_validator(mode="after")
    def _needs_a_letter(self) -> Self:
        if self.answer_form == "text":
            raise ValueError(
                "soft labels are of the options' letters, and answer_form=text writes none; use "
                "letter_and_text or letter"
            )
        return self


def plan(config: SoftLabelsConfig) -> MethodPlan:
    """Return one stage that answers, its deciding token weighed by the teacher's shares."""
    return train_one(ROLE, TaskSpec(Writes.ANSWER, soft=config.soft_weight))(config)


METHOD = Method(
    name="soft_labels",
    title="Soft labels",
    about="Question to answer, with a teacher's probabilities of the options.",
    source="2412.09807",
    config=SoftLabelsConfig,
    plan=plan,
    lessons=Lessons("option_shares", "soft_labels_of"),
)
