"""The Clean page: rules for many rationales at once, the audit of the clean pile, agreement."""

from __future__ import annotations

import streamlit as st

from pages.prepare.clean.audit import show_audit
from pages.prepare.clean.batches import show_batches
from pages.prepare.clean.checks import show_checks
from pages.prepare.clean.export import show_export
from pages.prepare.clean.judge import show_judge
from pages.prepare.clean.overview import RULES, TAB, show_overview
from pages.prepare.clean.policy import show_policy
from pages.prepare.clean.rules import show_rules
from pages.prepare.clean.worth import show_worths
from pages.shared import links
from pages.shared.frame import choose_dataset, current_actor
from pages.shared.next_step import show_next_step
from scicot.services.review.queue import count_queues
from scicot.services.workspace import open_workspace
from scicot.words.reviewing import Queue


def _show_next(dataset: str) -> None:
    with open_workspace() as session:
        counts = count_queues(session, current_actor(), dataset)
    approved, left = counts[Queue.ACCEPTED] + counts[Queue.EDITED], counts[Queue.UNREVIEWED]
    if left:
        show_next_step(f"To be read one by one: {left:,}.", links.REVIEW, "Review them")
    elif approved:
        show_next_step(f"Approved: {approved:,}.", links.LAUNCH, "Freeze them and train")


st.title("Clean", anchor=False)
dataset = choose_dataset()
if dataset is not None:
    overview, rules, batches, audit, judge, policy, checks, worth, export = st.tabs(
        [
            "Overview",
            RULES,
            "Batches",
            "Accept the clean pile",
            "Judge",
            "Guidelines and second readings",
            "Checks",
            "Worth",
            "Export",
        ],
        key=TAB,
        bind="query-params",  # after a press and a reload alike the same one is open
    )
    with overview:
        show_overview(dataset)
    with rules:
        show_rules(dataset)
    with batches:
        show_batches(dataset)
    with audit:
        show_audit(dataset)
    if judge.open:  # what is read for its estimate is every rationale
        with judge:
            show_judge(dataset)
    with policy:
        show_policy(dataset)
    with checks:
        show_checks(dataset)
    if worth.open:
        with worth:
            show_worths(dataset)
    with export:
        show_export(dataset)
    _show_next(dataset)
