"""The list of questions on the Inspect page: chips, a search, a jump, and how each run did."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.links import link_number, write_link
from pages.shared.palette import NOTHING, RIGHT, WRONG
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.services.evaluation.question_list import (
    AnsweredQuestion,
    Only,
    choose_answered,
    list_answered,
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


def choose_listed(runs: Sequence[RunView]) -> list[int]:
    """Show the chips and the list; return the ids of the questions that it holds, in order."""
    with open_workspace() as session:
        questions = list_answered(session, [run.id for run in runs])
    wanted = st.pills(
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
    listed = choose_answered(questions, [Only(value) for value in wanted or ()], text.strip())
    ids = [question.id for question in listed]
    jump.text_input(
        "Go to", key="go_to", placeholder="number", on_change=_jump, args=(ids,), max_chars=9
    )
    if listed:
        _show_list(listed, runs)
    st.caption(f"{len(listed):,} of {len(questions):,} questions")
    return ids


def _jump(ids: Sequence[int]) -> None:
    """Open the question of the number that was typed, the last one where it is too large."""
    typed = st.session_state["go_to"].strip()
    st.session_state["go_to"] = ""
    if typed.isascii() and typed.isdecimal() and ids:
        write_link("question", ids[min(max(int(typed), 1), len(ids)) - 1])


def _show_list(listed: Sequence[AnsweredQuestion], runs: Sequence[RunView]) -> None:
    opened = link_number("question")
    place = next((at for at, question in enumerate(listed) if question.id == opened), 0)
    first = max(0, place - AROUND)
    shown = listed[first : place + AROUND + 1]
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
            is_marked=question.id == listed[place].id,
        )
        for number, question in enumerate(shown, first + 1)
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
