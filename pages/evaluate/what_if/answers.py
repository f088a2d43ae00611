"""What the student answers before and after an edit, side by side."""

from __future__ import annotations

import streamlit as st

from pages.evaluate.question import show_outcome
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.shares import say_share
from scicot.services.evaluation.what_if import WhatIfAnswer
from scicot.words.records import StoredQuestion


def show_answers(question: StoredQuestion, before: WhatIfAnswer, now: WhatIfAnswer) -> None:
    """Show the original answer beside the present one, and how each option's share moved."""
    for column, title, answer in zip(
        st.columns(2), ("Original", "Now"), (before, now), strict=True
    ):
        with column:
            st.markdown(f"**{title}**")
            show_outcome(answer.label, answer.outcome)
            st.code(answer.output, language=None, wrap_lines=True)
            if answer.cut.changed:
                left = ", which left it empty" if answer.cut.emptied else ""
                st.caption(f"The student read the rationale without its answer{left}.")
    lines = []
    for choice in question.choices:
        label = choice.label
        was, became = before.probabilities[label], now.probabilities[label]
        is_key = label == question.answer_key
        cells = [
            Cell(f"{label} · key" if is_key else label, choice.text),
            Cell(say_share(was, 0), share=was),
            Cell(say_share(became, 0), share=became),
            Cell(f"{(became - was) * 100:+.1f}", value=became - was),
        ]
        lines.append(Line(cells, is_marked=is_key))
    moved = Head("Moved", help="Percentage points.", is_number=True)
    show_plain_table(
        [Head("Option"), Head("Original"), Head("Now"), moved],
        lines,
        key="what_if_options",
        label="Each option's share, before and now",
    )
