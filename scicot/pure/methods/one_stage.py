"""One-stage: x -> r, then a, in one target (the paper's ablation, Table II)."""

from __future__ import annotations

from scicot.pure.methods.plan import Method, TaskSpec, Writes, train_one
from scicot.words.configs import TrainingConfig

WRITES_BOTH = TaskSpec(Writes.RATIONALE_THEN_ANSWER)

METHOD = Method(
    name="one_stage",
    title="One-stage",
    about="Question to rationale and answer, in one target.",
    source="the paper's ablation",
    config=TrainingConfig,
    plan=train_one("one_stage", WRITES_BOTH),
    paper_tables=("methods",),
)
