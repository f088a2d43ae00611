"""Few-shot: an LLM behind an API answers from k examples (the LLM rows of Table I)."""

from __future__ import annotations

from scicot.pure.methods.plan import Method
from scicot.words.asking_configs import FewShotConfig
from scicot.words.records import RunKind

METHOD = Method(
    name="few_shot",
    title="Few-shot",
    about="A large model answers from k examples; nothing is trained.",
    source="the paper, Table I",
    config=FewShotConfig,
    plan=None,
    run_kind=RunKind.FEW_SHOT,
)
