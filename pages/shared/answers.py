"""What a press came to, kept for the place beside its button."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from scicot.pure.markdown import escape_markdown
from scicot.services.system.failures import tell

KEPT = "answers_kept"


@contextmanager
def answered_at(place: str) -> Iterator[None]:
    """Keep an error of a callback for `show_answer(place)`: it would stand on top of the page."""
    st.session_state.setdefault(KEPT, {}).pop(place, None)
    try:
        yield
    except Exception as error:  # as `errors_shown` does
        told = tell(error)
        answer(place, f"{escape_markdown(told.sentence)} (error {told.error_id})", is_error=True)


def answer(place: str, sentence: str, *, is_error: bool = False) -> None:
    """Keep a sentence for a place until the next press there."""
    st.session_state.setdefault(KEPT, {})[place] = (sentence, is_error)


def show_answer(place: str) -> None:
    """Show what the last press at this place came to."""
    sentence, is_error = st.session_state.get(KEPT, {}).get(place, ("", False))
    if sentence and is_error:
        st.error(sentence, icon=":material/error:")
    elif sentence:
        st.success(sentence, icon=":material/check:")


def forget_answer(place: str) -> None:
    """Forget it: what is shown now is about another thing."""
    st.session_state.get(KEPT, {}).pop(place, None)
