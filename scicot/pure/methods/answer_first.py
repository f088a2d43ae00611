"""Answer first: x -> a, then r, in one target (2404.09170, Section 3).

"Post-Semantic-Thinking": the rationale is learned after the answer, so that a mistake in it leads
to no wrong answer, and a small student need not think before it answers. Only the answer is needed
at test; the rationale behind it is there to be read.
"""

from __future__ import annotations

from scicot.pure.methods.plan import Method, TaskSpec, Writes, train_one
from scicot.words.configs import TrainingConfig

METHOD = Method(
    name="answer_first",
    title="Answer first",
    about="Question to answer and then its rationale, in one target.",
    source="Chen et al. 2024 (2404.09170)",
    config=TrainingConfig,
    plan=train_one("answer_first", TaskSpec(Writes.ANSWER_THEN_RATIONALE)),
)
