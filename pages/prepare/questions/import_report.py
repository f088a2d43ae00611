"""What the import just made did: counts, how it was read, rows left out, duplicates."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from pages.shared.times import say_moment
from scicot.pure.shares import say_share
from scicot.services.questions.duplicates import (
    DuplicatePair,
    DuplicateSide,
    describe_duplicates,
)
from scicot.services.questions.imports import QuestionImport

SHOWN_PAIRS = 200


def show_last_import() -> None:
    """Say what the import just made did; the form itself folds away once there are questions."""
    done: QuestionImport | None = st.session_state.pop("questions_done", None)
    if done is None:
        return
    first = done.first_imported and say_moment(datetime.fromisoformat(done.first_imported))
    since = f" They were first imported on {first}." if first else ""
    st.success(
        f"Added {done.added:,} questions; {done.already_there:,} were already there.{since}",
        icon=":material/check:",
    )
    for note in (*done.notes, *done.warnings):
        st.text(note)
    if done.rejected:
        st.warning(f"{len(done.rejected)} rows were left out.")
        st.dataframe(
            [{"row": row.row, "reason": row.reason} for row in done.rejected], hide_index=True
        )
    if done.duplicates:
        st.warning(describe_duplicates(done.duplicates))
        st.dataframe(
            [_side_by_side(pair) for pair in done.duplicates[:SHOWN_PAIRS]],
            hide_index=True,
        )


def _side_by_side(pair: DuplicatePair) -> dict[str, str]:
    return {
        "alike": "the same" if pair.is_exact else say_share(pair.similarity, 0),
        "one": _place(pair.first),
        "asks": _asks(pair.first),
        "other": _place(pair.second),
        "asks too": _asks(pair.second),
    }


def _place(side: DuplicateSide) -> str:
    return f"{side.dataset} {side.split.value} {side.external_id}"


def _asks(side: DuplicateSide) -> str:
    return f"{side.stem} [{' | '.join(side.options)}]"
