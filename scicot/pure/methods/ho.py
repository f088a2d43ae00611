"""Ho et al. 2022: one-stage on several texts a question, each of which came to the key by itself.

"Large Language Models Are Reasoning Teachers" (2212.10071, Section 3): the teacher explains without
the key, several times a question, and texts that end at another answer are dropped.
"""

from __future__ import annotations

from scicot.pure.methods.one_stage import WRITES_BOTH
from scicot.pure.methods.plan import Method, Recipe, train_one
from scicot.words.configs import TrainingConfig

METHOD = Method(
    name="ho",
    title="Ho et al.",
    about="One-stage on several rationales a question, those of which came to the key without it.",
    source="Ho et al. 2022 (2212.10071)",
    config=TrainingConfig,
    plan=train_one("one_stage", WRITES_BOTH),
    recipe=Recipe("right", per_question=8, is_several=True),
)
