"""The list of questions on the Inspect page: chips, a search, a jump, and how each run did."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.links import link_number, write_link
from pages.shared.palette import NOTHING, RIGHT, WRONG
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.services.evaluation.question_list import (
    AnsweredFilter,
    AnsweredList,
    Only,
    find_listed,
    view_list,
)
from scicot.services.workspace import open_workspace
from scicot.words.records import Outcome
from scicot.words.runs import RunView

CHIPS = {
    Only.WRONG: "wrong",
    Only.NO_ANSWER: "no answer",
    Only.FLAGGED: "flagged",
    Only.DISAGREEING: "runs disagree",
    Only.TAGGED: "tagged",
}
SIGNS = {
    Outcome.CORRECT: ("✓", RIGHT, "correct"),
    Outcome.INCORRECT: ("✗", WRONG, "incorrect"),
    Outcome.NO_ANSWER: ("?", NOTHING, "no answer read"),
    Outcome.UNSCORED: ("·", NOTHING, "its key is not known"),
}
HEIGHT = 470  # pixels; more questions are scrolled to
AROUND = 60  # lines before and behind the open one: a browser draws no thousand of them quickly
LONGEST = 70  # characters of a stem


def choose_listed(runs: Sequence[RunView]) -> AnsweredList:
    """Show the chips and the list; return the part of it around the question that is open."""
    chips = st.pills(
        "Only",
        [only.value for only in Only],
        selection_mode="multi",
        format_func=lambda value: CHIPS[Only(value)],
        key="only",
        bind="query-params",
        label_visibility="collapsed",
    )
    search, jump = st.columns([2, 1])
    text = search.text_input(
        "Search", key="find", bind="query-params", placeholder="words or an id"
    )
    only = frozenset(Only(value) for value in chips or ())
    wanted = AnsweredFilter(tuple(run.id for run in runs), only, text.strip())
    jump.text_input(
        "Go to", key="go_to", placeholder="number", on_change=_jump, args=(wanted,), max_chars=9
    )
    with open_workspace() as session:
        listed = view_list(session, wanted, link_number("question"), around=AROUND)
    if listed.lines:
        _show_list(listed, runs)
    st.caption(f"{listed.listed:,} of {listed.answered:,} questions")
    return listed


def _jump(wanted: AnsweredFilter) -> None:
    """Open the question of the number that was typed, the last one where it is too large."""
    typed = st.session_state["go_to"].strip()
    st.session_state["go_to"] = ""
    if typed.isascii() and typed.isdecimal():
        with open_workspace() as session:
            found = find_listed(session, wanted, int(typed))
        if found is not None:
            write_link("question", found)


def _show_list(listed: AnsweredList, runs: Sequence[RunView]) -> None:
    heads = [
        Head("No.", is_number=True),
        *(Head(str(run.id), help=f"Run {run.id}: {run.name}") for run in runs),
        Head("Question"),
    ]
    lines = [
        Line(
            [
                Cell(f"{number:,}", value=number),
                *(_sign(outcome) for outcome in question.outcomes),
                Cell(_short(question.stem), press=str(question.id), help=question.external_id),
            ],
            is_marked=number == listed.place + 1,
        )
        for number, question in enumerate(listed.lines, listed.first + 1)
    ]
    show_plain_table(
        heads,
        lines,
        key="question_list",
        label="The questions",
        height=HEIGHT,
        on_press=lambda pressed: write_link("question", pressed),
    )


def _sign(outcome: Outcome | None) -> Cell:
    if outcome is None:
        return Cell("–", help="not asked")
    sign, color, said = SIGNS[outcome]
    return Cell(sign, help=said, color=color)


def _short(stem: str) -> str:
    text = " ".join(stem.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
