"""Cleaning rules on the screen: write or choose one, tick what it may change, apply it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.shared.answers import answer, answered_at, forget_answer, show_answer
from pages.shared.frame import current_actor, errors_shown
from pages.shared.press import press_button
from pages.shared.word_diff import show_word_diff
from scicot.pure.cleaning.rules import Rule
from scicot.pure.markdown import escape_markdown
from scicot.services.cleaning.batches import apply_saved_rule, new_operation_id
from scicot.services.cleaning.rules import (
    PlannedChange,
    SavedRule,
    list_rules,
    preview_rule,
    save_rule,
)
from scicot.services.workspace import open_workspace
from scicot.words.records import RuleKind

PLACE = "rules"
KINDS = {
    RuleKind.LITERAL: "Replace these words",
    RuleKind.REGEX: "Replace by a regular expression",
    RuleKind.STRIP_PREFIX: "Take off a beginning",
    RuleKind.STRIP_SUFFIX: "Take off an end",
    RuleKind.DROP_SENTENCE: "Drop sentences that match a regular expression",
}
A_PAGE = 15


def show_rules(dataset: str) -> None:
    """Show the rule's form and, once previewed, every change it would make."""
    with open_workspace() as session:
        saved = {rule.name: rule for rule in list_rules(session)}
    if saved:
        chosen = st.selectbox("Saved rules", ["New rule", *saved], key="rule_saved")
        if chosen in saved and st.session_state.get("rule_loaded") != chosen:
            fill_form(chosen, saved[chosen].rule)
            st.session_state["rule_loaded"] = chosen
    kind = st.selectbox(
        "What it does", list(KINDS), format_func=lambda kind: KINDS[kind], key="rule_kind"
    )
    pattern = st.text_input("Looks for", key="rule_pattern")
    replacement = ""
    if kind in (RuleKind.LITERAL, RuleKind.REGEX):
        replacement = st.text_input("Puts in its place", key="rule_replacement")
    name = st.text_input("Name of the rule", key="rule_name")
    if st.button("Preview", type="primary"):
        forget_answer(PLACE)
        st.session_state["rule_operation"] = new_operation_id()
        st.session_state["rule_previewed"] = Rule(kind, pattern, replacement)
    if st.session_state.get("rule_previewed") == Rule(kind, pattern, replacement):
        with errors_shown():
            _show_preview(dataset, name, Rule(kind, pattern, replacement))
    show_answer(PLACE)


def fill_form(name: str, rule: Rule) -> None:
    """Put a rule into the form's boxes."""
    st.session_state.update(
        rule_name=name,
        rule_kind=rule.kind,
        rule_pattern=rule.pattern,
        rule_replacement=rule.replacement,
    )


def _show_preview(dataset: str, name: str, rule: Rule) -> None:
    with open_workspace() as session:
        changes = preview_rule(session, dataset, rule)
    if not changes:
        st.info("The rule changes nothing here.")
        return
    operation = st.session_state["rule_operation"]
    unticked: set[int] = st.session_state.setdefault(f"unticked_{operation}", set())
    ticked = [change for change in changes if change.rationale_id not in unticked]
    press_button(
        f"Apply to {len(ticked):,} of {len(changes):,} rationales",
        partial(_apply, dataset, name, rule, ticked, operation),
        key=f"apply_{operation}",
        type="primary",
        disabled=not ticked,
    )
    pages = (len(changes) - 1) // A_PAGE + 1
    page = st.number_input("Page", 1, pages, key=f"page_{operation}") if pages > 1 else 1
    for change in changes[(int(page) - 1) * A_PAGE : int(page) * A_PAGE]:
        _show_change(change, unticked, operation)


def _show_change(change: PlannedChange, unticked: set[int], operation: str) -> None:
    tick, text = st.columns([1, 5])
    ticked = tick.checkbox(
        escape_markdown(change.question),
        value=change.rationale_id not in unticked,
        key=f"tick_{operation}_{change.rationale_id}",
        on_change=_turn,
        args=(unticked, change.rationale_id),
    )
    with text:
        if ticked:
            show_word_diff(change.before, change.after, key=f"change_{change.rationale_id}")
        else:
            st.text(change.before)


def _turn(unticked: set[int], rationale_id: int) -> None:
    unticked ^= {rationale_id}


def _apply(
    dataset: str, name: str, rule: Rule, ticked: list[PlannedChange], operation: str
) -> None:
    with answered_at(PLACE), open_workspace() as session:
        saved: SavedRule = save_rule(session, current_actor(), name, rule)
        batch = apply_saved_rule(
            session, current_actor(), dataset, saved, ticked, operation_id=operation
        )
        answer(PLACE, f"Changed {batch.changed:,} rationales. Batches takes it back as one.")
        st.session_state.pop("rule_previewed", None)
