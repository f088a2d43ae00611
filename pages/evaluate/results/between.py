"""What each two-stage run's second stage learned from and is asked with, beside its table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from scicot.pure.evaluation.between_stages import TITLES, read_between
from scicot.pure.markdown import escape_markdown
from scicot.words.runs import RunView


def show_between(runs: Sequence[RunView]) -> None:
    """Show overlap, flags and accuracy by kind of question for each run that has two stages."""
    found = [(run, between) for run in runs if (between := read_between(run.result))]
    if not found:
        return
    for run, between in found:
        for warning in between.warnings:
            st.warning(
                escape_markdown(f"Run {run.id} ({run.name}): {warning}"), icon=":material/warning:"
            )
    with st.expander(f"What stage 2 is given: {len(found)} runs", icon=":material/swap_horiz:"):
        st.dataframe(
            [
                {
                    "run": run.id,
                    "seed": run.seed,
                    "setting": str(run.config.get("stage2_rationales", "")),
                    "rationales of": TITLES.get(kind, kind),
                    "questions": texts.questions,
                    "words shared with the reference": texts.overlap,
                    "flagged": texts.flagged_share,
                    "stage 2 right": texts.accuracy,
                }
                for run, between in found
                for kind, texts in between.kinds.items()
            ],
            hide_index=True,
            width="content",
            column_config={
                "words shared with the reference": st.column_config.NumberColumn(format="%.2f"),
                "flagged": st.column_config.NumberColumn(format="percent"),
                "stage 2 right": st.column_config.NumberColumn(format="percent"),
            },
        )
        st.caption(
            "Overlap: mean F1 of the words with the reference rationale. A training question's "
            "answer was seen by stage 2 as well."
        )
