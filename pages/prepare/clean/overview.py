"""The overview of the Clean page: states, flags by check, rules that would help; each leads on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.prepare.clean.rules import KINDS, fill_form
from pages.shared import links
from pages.shared.frame import BY_DATABASE, current_actor
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.checks.table import BY_ID
from scicot.pure.cleaning.rules import Rule
from scicot.pure.markdown import escape_markdown
from scicot.services.cleaning.overview import CheckCount, count_flags
from scicot.services.cleaning.rules import opening_proposals, proposals
from scicot.services.review.queue import count_queues
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.reviewing import Queue

TAB = "tab"  # the link's key of the tab that is open
RULES = "Rules"
MOST = 6  # suggested rules
STATES = (
    Queue.UNREVIEWED,
    Queue.FLAGGED,
    Queue.CLEAN,
    Queue.ACCEPTED,
    Queue.EDITED,
    Queue.REJECTED,
    Queue.SKIPPED,
    Queue.CONFLICTING,
)
SAID = {Queue.FLAGGED: "unreviewed, flagged", Queue.CLEAN: "unreviewed, no check speaks"}


@st.cache_data(ttl=20, show_spinner=False, hash_funcs=BY_DATABASE)
def _load(
    workspace: Workspace, dataset: str
) -> tuple[list[CheckCount], list[tuple[Rule, int]], list[tuple[Rule, int]]]:
    return (
        count_flags(workspace, dataset),
        proposals(workspace, dataset),
        opening_proposals(workspace, dataset),
    )


def show_overview(dataset: str) -> None:
    """Show how many rationales are in each state and flagged by each check; a press reads them."""
    with open_workspace() as session:
        counts = count_queues(session, current_actor(), dataset)
        flags, edits, openings = _load(session, dataset)
    states, checks = st.columns([2, 3], gap="medium")
    whole = counts[Queue.ALL] or 1
    with states:
        st.markdown("##### States")
        lines = [
            Line(
                [
                    Cell(SAID.get(queue, queue.value), press=queue.value, help="Read them"),
                    Cell(f"{counts[queue]:,}", share=counts[queue] / whole, value=counts[queue]),
                ]
            )
            for queue in STATES
        ]
        show_plain_table(
            [Head("State"), Head("Rationales", is_number=True)],
            lines,
            key="clean_states",
            label="Rationales by state",
            on_press=partial(_go, "queue"),
        )
    with checks:
        st.markdown("##### Flags")
        if flags:
            show_plain_table(
                [
                    Head("Check"),
                    Head("Unreviewed", is_number=True),
                    Head("Of all", is_number=True),
                ],
                [_describe(count, whole) for count in flags],
                key="clean_flags",
                label="Rationales by the check that spoke",
                is_sortable=True,
                on_press=partial(_go, "flag"),
            )
        else:
            st.caption("No check has found anything here.")
    target = st.session_state.pop("clean_target", None)
    if target is not None:
        st.switch_page(links.REVIEW, query_params={"dataset": dataset, **target})
    _show_suggestions(edits, openings)


def _describe(count: CheckCount, whole: int) -> Line:
    check = BY_ID.get(count.check)
    return Line(
        [
            Cell(
                check.name if check else count.check,
                press=count.check,
                help=check.explanation if check else "",
            ),
            Cell(f"{count.waiting:,}", share=count.waiting / whole, value=count.waiting),
            Cell(f"{count.whole:,}", value=count.whole),
        ]
    )


def _go(key: str, pressed: str) -> None:
    """Note which queue was pressed; the page then leads there."""
    st.session_state["clean_target"] = {key: pressed}


def _show_suggestions(edits: list[tuple[Rule, int]], openings: list[tuple[Rule, int]]) -> None:
    """Show rules that edits and openings suggest; a press fills the form with one."""
    suggested = [(rule, f"done by hand {count:,} times") for rule, count in edits]
    suggested += [(rule, f"{count:,} rationales begin so") for rule, count in openings]
    st.markdown("##### Suggested rules")
    if not suggested:
        st.caption(
            "Nothing yet: edits that are made again and again, and openings that many share."
        )
    for place, (rule, why) in enumerate(suggested[:MOST]):
        st.button(
            f"{KINDS[rule.kind]}: “{escape_markdown(rule.pattern)}” ({why})",
            key=f"suggested_{place}",
            icon=":material/lightbulb:",
            on_click=_take,
            args=(rule,),
        )


def _take(rule: Rule) -> None:
    fill_form(f"without {rule.pattern}"[:60], rule)
    st.session_state[TAB] = RULES
