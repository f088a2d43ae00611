"""What the run's own rationales argue for, against what was answered, as a table."""

from __future__ import annotations

import streamlit as st

from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.evaluation.followed import COLUMNS, Followed

MEANING = (
    "A rationale argues for the one option that it announces as the answer; where it announces "
    "none, for the one whose words it has in full while it has none of another's. The question's "
    "own words do not count."
)


def show_followed(found: Followed) -> None:
    """Show whether stage 2 answers what its rationale argues for; nothing without rationales."""
    if not found.questions:
        return
    st.markdown("**Does stage 2 answer what its rationale argues for?**")
    st.caption(MEANING)
    show_plain_table(
        [Head("The rationale argues for"), *(Head(text, is_number=True) for text in COLUMNS)],
        [Line([Cell(text) for text in row]) for row in found.rows],
        key="followed",
        label="What the rationales argue for, against what was answered",
    )
    first, *others = found.sentences
    st.markdown(first)
    if others:
        st.caption(" ".join(others))
