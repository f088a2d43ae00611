"""Reading a list of questions one by one: J next, K previous; the link names the question."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.links import link_number


def choose_question(question_ids: Sequence[int], key: str = "question") -> int | None:
    """Return the id of the question to show, and show the buttons that move on; None for none."""
    if not question_ids:
        st.info("There is no question here.", icon=":material/inbox:")
        return None
    wanted = link_number(key)
    place = question_ids.index(wanted) if wanted in question_ids else 0
    if wanted != question_ids[place]:
        st.query_params[key] = str(question_ids[place])
    before, where, after = st.columns([2, 3, 2], vertical_alignment="center")
    before.button(
        "Previous",
        shortcut="k",
        icon=":material/arrow_back:",
        disabled=place == 0,
        on_click=_go,
        args=(key, question_ids[max(place - 1, 0)]),
        width="stretch",
    )
    where.markdown(f"Question **{place + 1:,}** of {len(question_ids):,}", text_alignment="center")
    after.button(
        "Next",
        shortcut="j",
        icon=":material/arrow_forward:",
        disabled=place == len(question_ids) - 1,
        on_click=_go,
        args=(key, question_ids[min(place + 1, len(question_ids) - 1)]),
        width="stretch",
    )
    return question_ids[place]


def _go(key: str, question_id: int) -> None:
    st.query_params[key] = str(question_id)
