"""Result tables as data, and the ways to write one: Markdown, LaTeX, CSV."""

from __future__ import annotations

from collections.abc import Mapping

from scicot.words.records import Method

METHOD_TITLES: Mapping[Method, str] = {
    Method.FINETUNE: "Fine-tune",
    Method.ONE_STAGE: "One-stage",
    Method.SCI_COT: "Sci-CoT",
    Method.STEP_BY_STEP: "Step-by-step",
    Method.FEW_SHOT: "Few-shot",
}
