"""Fine-tune: x -> a, the paper's baseline (Section IV, Table II)."""

from __future__ import annotations

from scicot.pure.methods.plan import Method, TaskSpec, Writes, train_one
from scicot.words.configs import TrainingConfig

ANSWERS = TaskSpec(Writes.ANSWER)

METHOD = Method(
    name="finetune",
    title="Fine-tune",
    about="Question to answer; needs no rationales.",
    source="the paper's baseline",
    config=TrainingConfig,
    plan=train_one("answer", ANSWERS),
    paper_tables=("methods", "sizes"),
)
