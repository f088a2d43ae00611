"""STaR: one-stage on texts that came to the key, and where none did on one that was told the key.

"Bootstrapping Reasoning With Reasoning" (2203.14465, Section 3). The paper's teacher is the student
of the round before; here it is any teacher, and there is one round.
"""

from __future__ import annotations

from scicot.pure.methods.one_stage import WRITES_BOTH
from scicot.pure.methods.plan import Method, Recipe, train_one
from scicot.words.configs import TrainingConfig

METHOD = Method(
    name="star",
    title="STaR",
    about="One-stage on what came to the key without it; where nothing did, on what was told it.",
    source="Zelikman et al. 2022 (2203.14465)",
    config=TrainingConfig,
    plan=train_one("one_stage", WRITES_BOTH),
    recipe=Recipe("not_wrong"),
)
