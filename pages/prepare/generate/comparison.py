"""Teachers and prompt versions side by side on the same questions."""

from __future__ import annotations

import streamlit as st

from pages.shared.money import format_usd
from pages.shared.plain_table import show_records
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
from scicot.services.teacher.comparison import (
    SourceComparison,
    compare_sources,
    list_sources,
    read_side_by_side,
)
from scicot.services.workspace import open_workspace


def show_source_comparison(dataset: str) -> None:
    """Show what two or more sources' texts amount to, and read them side by side."""
    with open_workspace() as session:
        sources = list_sources(session, dataset)
    if len(sources) < 2:
        st.info(
            "There is only one teacher with one prompt here so far. Have another teacher, or "
            "another version of the prompt, explain some of the same questions.",
            icon=":material/compare:",
        )
        return
    by_title = {source.title: source for source in sources}
    chosen = st.multiselect(
        "Compare",
        list(by_title),
        default=list(by_title)[:2],
        format_func=lambda title: f"{title} ({by_title[title].texts:,} questions)",
        key="compare_sources",
    )
    picked = [by_title[title] for title in chosen]
    if len(picked) < 2:
        st.info("Choose two or more.", icon=":material/compare:")
        return
    with open_workspace() as session:
        compared = compare_sources(session, dataset, picked)
    if not compared.questions:
        st.info("They have no question in common. Let both explain the same ones.")
        return
    _show_measures(compared)
    question = st.selectbox(
        "Read a question",
        compared.questions,
        format_func=lambda question: f"{question.external_id}: {question.stem[:90]}",
        key="compare_question",
    )
    with open_workspace() as session:
        texts = read_side_by_side(session, question, picked)
    st.text(f"{question.stem}\nThe answer is {question.shown_key}")
    for column, rationale in zip(st.columns(len(texts)), texts, strict=True):
        with column, st.container(border=True):
            st.caption(escape_markdown(rationale.source.title))
            st.text(rationale.text)
            for flag in rationale.flags:
                st.badge(escape_markdown(flag.message), icon=":material/flag:", color="orange")


def _show_measures(found: SourceComparison) -> None:
    looked = len(found.questions)
    st.caption(
        f"{found.common:,} questions in common"
        + (f", of which the first {looked:,} are looked at." if looked < found.common else ".")
    )
    show_records(
        [
            {
                "teacher and prompt": measure.source.title,
                "flagged": say_share(measure.flagged, 0),
                "cut off": say_share(measure.truncated, 0),
                "accepted": (
                    f"{say_share(measure.accepted, 0)} of {measure.decided:,}"
                    if measure.accepted is not None
                    else "not reviewed"
                ),
                "words": f"{measure.words:.0f}",
                "cost each": format_usd(measure.usd),
            }
            for measure in found.measures
        ],
        key="teachers",
        label="Teachers and prompts beside each other",
    )
