"""What each two-stage run's second stage learned from and is asked with, beside its table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.method_names import name_student
from pages.shared.plain_table import Cell, percent_cell, show_records
from scicot.pure.evaluation.apart import tell_apart
from scicot.pure.evaluation.between_stages import TITLES, read_between
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import NONE
from scicot.words.runs import RunView

SHOWN = ("dataset", "student", "stage2_rationales")  # what the table has a column for


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
    differs = tell_apart([run for run, _ in found], SHOWN, is_named=False)
    count = f"{len(found):,} run{'' if len(found) == 1 else 's'}"
    with st.expander(f"What stage 2 is given: {count}", icon=":material/swap_horiz:"):
        show_records(
            [
                {
                    "run": run.id,
                    "dataset": run.dataset,
                    "student": name_student(run),
                    "seed": run.seed,
                    "setting": str(run.config.get("stage2_rationales", "")),
                    **({"differs in": differs[run.id] or NONE} if any(differs.values()) else {}),
                    "rationales of": TITLES.get(kind, kind),
                    "questions": texts.questions,
                    "stage 2 right": percent_cell(texts.accuracy),
                    "one place": percent_cell(texts.same_place),
                    "words shared with the reference": (
                        None
                        if texts.overlap is None
                        else Cell(f"{texts.overlap:.2f}", value=texts.overlap)
                    ),
                    "flagged": percent_cell(texts.flagged_share),
                    "most raised": texts.most_raised or None,
                }
                for run, between in found
                for kind, texts in between.kinds.items()
            ],
            key="between",
            label="What stage 2 of each run is given",
        )
        st.caption(
            "Overlap: mean F1 of the words with the reference rationale. A training question's "
            "answer was seen by stage 2 as well. One place: what always the best place would give "
            "on the same questions; runs of older versions do not tell."
        )
