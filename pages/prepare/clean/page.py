"""The Clean page: rules for many rationales at once, the audit of the clean pile, agreement."""

from __future__ import annotations

import streamlit as st

from pages.prepare.clean.audit import show_audit
from pages.prepare.clean.batches import show_batches
from pages.prepare.clean.export import show_export
from pages.prepare.clean.overview import RULES, TAB, show_overview
from pages.prepare.clean.policy import show_checks, show_policy
from pages.prepare.clean.rules import show_rules
from pages.shared.frame import choose_dataset

st.title("Clean", anchor=False)
dataset = choose_dataset()
if dataset is not None:
    overview, rules, batches, audit, policy, checks, export = st.tabs(
        [
            "Overview",
            RULES,
            "Batches",
            "Accept the clean pile",
            "Guidelines and second readings",
            "Checks",
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
    with policy:
        show_policy(dataset)
    with checks:
        show_checks(dataset)
    with export:
        show_export(dataset)
