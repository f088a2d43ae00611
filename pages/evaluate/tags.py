"""Tagging a run's answer by digit."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.evaluate.taxonomy import show_new_tag
from pages.shared.frame import current_actor, errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.services.evaluation.question_view import QuestionView
from scicot.services.evaluation.tags import list_tags, toggle_tag
from scicot.services.workspace import open_workspace


def show_tagging(view: QuestionView, names: Sequence[str]) -> None:
    """Show which run's answer the digits tag, and a button a tag; one's own tags are filled."""
    answers = [
        (answer, name)
        for answer, name in zip(view.answers, names, strict=True)
        if answer.prediction_id is not None
    ]
    with open_workspace() as session:
        tags = list_tags(session)
    if not answers:
        return
    if not tags:
        with st.popover("Tags", icon=":material/sell:"):
            st.caption("There is no tag yet. A tag names a kind of error; digits set it.")
            show_new_tag("here")
        return
    place: int | None = 0
    if len(answers) > 1:
        place = st.segmented_control(
            "Tag the answer of",
            range(len(answers)),
            default=0,
            format_func=lambda at: answers[at][1],
            key="tagged_run",
        )
    answer, _ = answers[place or 0]
    mine = {mark.tag.id for mark in answer.marks if mark.actor == current_actor().name}
    with st.container(horizontal=True):
        for tag in tags:
            st.button(
                escape_markdown(tag.name),
                key=f"tag_{tag.id}",
                shortcut=str(tag.digit) if tag.digit else None,
                type="primary" if tag.id in mine else "secondary",
                on_click=_toggle,
                args=(answer.prediction_id, tag.id),
            )


def _toggle(prediction_id: int, tag_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        toggle_tag(session, current_actor(), prediction_id, tag_id)
