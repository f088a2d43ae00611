"""Tagging a run's answer by digit, and the taxonomy itself."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.services.question_view import QuestionView
from scicot.services.tags import (
    add_tag,
    count_tags,
    list_tags,
    measure_tag_agreement,
    remove_tag,
    toggle_tag,
)
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
            _show_new_tag("here")
        return
    place = 0
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


def _show_new_tag(place: str) -> None:
    key = f"new_tag_{place}"
    st.text_input("A new tag", key=key, placeholder="Misreads the question")
    st.button("Add the tag", key=f"{key}_add", on_click=_add, args=(key,))


def _add(key: str) -> None:
    with errors_shown(), open_workspace() as session:
        add_tag(session, current_actor(), st.session_state[key])
        st.session_state[key] = ""


def show_taxonomy(run_ids: Sequence[int], names: Sequence[str]) -> None:
    """Show each tag's count in each run, how people agree, and the taxonomy's own buttons."""
    with open_workspace() as session:
        counts = count_tags(session, run_ids)
        agreements = measure_tag_agreement(session, run_ids)
    if counts:
        st.dataframe(
            [
                {
                    "Digit": one.tag.digit,
                    "Tag": one.tag.name,
                    **{
                        f"{'ABCD'[place]}: {name}": one.counts[place]
                        for place, name in enumerate(names)
                    },
                }
                for one in counts
            ],
            hide_index=True,
        )
    if agreements:
        st.markdown("##### Agreement")
        st.dataframe(
            [
                {
                    "Tag": one.tag.name,
                    "People": f"{one.first}, {one.second}",
                    "Answers both tagged": one.agreement.n,
                    "Alike": f"{one.agreement.share:.0%}",
                    "Cohen's kappa": "–"
                    if one.agreement.kappa is None
                    else f"{one.agreement.kappa:.2f}",
                    "95 % interval": "–"
                    if one.agreement.interval is None
                    else f"{one.agreement.interval.low:.2f} to {one.agreement.interval.high:.2f}",
                }
                for one in agreements
            ],
            hide_index=True,
        )
    else:
        st.caption("Agreement is shown once two people have tagged the same answers.")
    left, right = st.columns(2)
    with left:
        _show_new_tag("taxonomy")
    with right:
        _show_removal({one.tag.id: one.tag.name for one in counts})


def _show_removal(names: dict[int, str]) -> None:
    if names:
        chosen = st.selectbox(
            "Remove a tag that nothing bears", list(names), format_func=names.get, index=None
        )
        st.button("Remove the tag", disabled=chosen is None, on_click=_remove, args=(chosen,))


def _remove(tag_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        remove_tag(session, current_actor(), tag_id)
