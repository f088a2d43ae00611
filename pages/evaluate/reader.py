"""Reading a list of questions one by one: J next, K previous; the link names the question."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.links import link_number


def choose_question(question_ids: Sequence[int], key: str = "question") -> int | None:
    """Return the id of the question to show, and show the buttons that move on; None for none."""
    if not question_ids:
        show_none()
        return None
    wanted = link_number(key)
    place = question_ids.index(wanted) if wanted in question_ids else 0
    if wanted != question_ids[place]:
        st.query_params[key] = str(question_ids[place])
    show_steps(
        key,
        place,
        len(question_ids),
        before=question_ids[place - 1] if place else None,
        after=question_ids[place + 1] if place + 1 < len(question_ids) else None,
    )
    return question_ids[place]


def show_none() -> None:
    """Say that there is nothing to read."""
    st.info("There is no question here.", icon=":material/inbox:")


def show_steps(key: str, place: int, count: int, *, before: int | None, after: int | None) -> None:
    """Show at which place, from 0, of how many the reader is, and the buttons that move on."""
    left, where, right = st.columns([2, 3, 2], vertical_alignment="center")
    left.button(
        "Previous",
        shortcut="k",
        icon=":material/arrow_back:",
        disabled=before is None,
        on_click=_go,
        args=(key, before),
        width="stretch",
    )
    where.markdown(f"Question **{place + 1:,}** of {count:,}", text_alignment="center")
    right.button(
        "Next",
        shortcut="j",
        icon=":material/arrow_forward:",
        disabled=after is None,
        on_click=_go,
        args=(key, after),
        width="stretch",
    )


def _go(key: str, question_id: int | None) -> None:
    st.query_params[key] = str(question_id)
