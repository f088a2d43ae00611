"""The error taxonomy: its tags, how often each is borne, how people agree, and its changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.shares import say_share
from scicot.services.evaluation.tags import (
    DIGITS,
    MOST_CHARACTERS,
    Tag,
    TagAgreement,
    add_tag,
    change_tag,
    count_tags,
    measure_tag_agreement,
    remove_tag,
)
from scicot.services.workspace import open_workspace


def show_new_tag(place: str) -> None:
    """Show the box and button that add a tag; `place` tells two such boxes apart."""
    key = f"new_tag_{place}"
    st.text_input("A new tag", key=key, placeholder="Misreads the question")
    st.button("Add the tag", key=f"{key}_add", on_click=_add, args=(key,))


def _add(key: str) -> None:
    with errors_shown(), open_workspace() as session:
        add_tag(session, current_actor(), st.session_state[key])
        st.session_state[key] = ""


def show_taxonomy(
    run_ids: Sequence[int], names: Sequence[str], among: Collection[int] | None = None
) -> None:
    """Show each tag's count in each run, how people agree, and the taxonomy's own buttons.

    With `among` the answers to these questions alone count.
    """
    with open_workspace() as session:
        counts = count_tags(session, run_ids, among)
        agreements = measure_tag_agreement(session, run_ids, among)
    if counts:
        of_runs = [
            Head(f"Run {run_id} · {name}", is_number=True)
            for run_id, name in zip(run_ids, names, strict=True)
        ]
        show_plain_table(
            [Head("Tag"), Head("Digit"), *of_runs],
            [
                Line(
                    [
                        Cell(row.tag.name),
                        Cell(str(row.tag.digit or "–")),
                        *(Cell(f"{count:,}", value=count) for count in row.counts),
                    ]
                )
                for row in counts
            ],
            key="tag_counts",
            label="How many answers of each run bear each tag",
            is_sortable=True,
        )
    if agreements:
        st.markdown("##### Agreement")
        numbers = ("Answers both tagged", "Alike", "Cohen's kappa", "95 % interval")
        show_plain_table(
            [Head("Tag"), Head("People"), *(Head(text, is_number=True) for text in numbers)],
            [_describe_agreement(agreement) for agreement in agreements],
            key="tag_agreement",
            label="How two people agree on each tag",
        )
    else:
        st.caption("Agreement is shown once two people have tagged the same answers.")
    left, right = st.columns(2)
    with left:
        show_new_tag("taxonomy")
    with right:
        _show_change([count.tag for count in counts])


def _describe_agreement(one: TagAgreement) -> Line:
    agreement = one.agreement
    bounds = agreement.interval
    return Line(
        [
            Cell(one.tag.name),
            Cell(f"{one.first}, {one.second}"),
            Cell(f"{agreement.n:,}"),
            Cell(say_share(agreement.share, 0)),
            Cell("–" if agreement.kappa is None else f"{agreement.kappa:.2f}"),
            Cell("–" if bounds is None else bounds.to_words(".2f", scale=1)),
        ]
    )


def _show_change(tags: Sequence[Tag]) -> None:
    """Show the boxes that rename a tag, give it another digit or remove it."""
    if not tags:
        return
    by_id = {tag.id: tag for tag in tags}
    chosen = st.selectbox(
        "Change a tag",
        list(by_id),
        format_func=lambda key: by_id[key].name,
        index=None,
        key="tag_to_change",
    )
    if chosen is None:
        return
    tag = by_id[chosen]
    name_key, digit_key = f"tag_name_{chosen}", f"tag_digit_{chosen}"
    st.text_input("Name", tag.name, key=name_key, max_chars=MOST_CHARACTERS)
    digits = [None, *DIGITS]
    st.selectbox(
        "Digit",
        digits,
        index=digits.index(tag.digit),
        format_func=lambda digit: str(digit or "none"),
        key=digit_key,
        help="The tag that has this digit takes the old one instead.",
    )
    with st.container(horizontal=True):
        st.button("Save", on_click=_change, args=(chosen, name_key, digit_key))
        st.button(
            "Remove",
            on_click=_remove,
            args=(chosen,),
            help="Only a tag that nothing bears can be removed.",
        )


def _change(tag_id: int, name_key: str, digit_key: str) -> None:
    state = st.session_state
    with errors_shown(), open_workspace() as session:
        change_tag(session, current_actor(), tag_id, name=state[name_key], digit=state[digit_key])


def _remove(tag_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        remove_tag(session, current_actor(), tag_id)
