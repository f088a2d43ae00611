"""Magister et al. 2022: one-stage on one text a question that came to the key by itself.

"Teaching Small Language Models to Reason" (2212.08410, Section 3): questions whose text ends at
another answer are dropped.
"""

from __future__ import annotations

from scicot.pure.methods.one_stage import WRITES_BOTH
from scicot.pure.methods.plan import Method, Recipe, train_one
from scicot.words.configs import TrainingConfig

METHOD = Method(
    name="magister",
    title="Magister et al.",
    about="One-stage on one rationale a question, which came to the key without it.",
    source="Magister et al. 2022 (2212.08410)",
    config=TrainingConfig,
    plan=train_one("one_stage", WRITES_BOTH),
    recipe=Recipe("right"),
)
