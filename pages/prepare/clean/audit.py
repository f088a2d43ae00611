"""The audit of the clean pile on the screen: read a few, see the error rate, accept the rest."""

from __future__ import annotations

import random

import streamlit as st

from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import current_actor, errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
from scicot.services.cleaning.audits import (
    Audit,
    TrustedJudge,
    accept_pile,
    newest_audit,
    note_finding,
    start_audit,
    undo_acceptance,
)
from scicot.services.cleaning.standings import list_standings
from scicot.services.judge.agreement import JudgeLine, list_judges
from scicot.services.review.items import load_item
from scicot.services.workspace import open_workspace

PLACE = "audit"
USUAL_SAMPLE = 50
NO_JUDGE = "no judge: only what no check spoke of"


def show_audit(dataset: str) -> None:
    """Show the audit under way, or the way to begin one."""
    with open_workspace() as session:
        audit = newest_audit(session, current_actor(), dataset)
    st.write(
        "The clean pile holds the unreviewed rationales in which no check found anything. Read a "
        "random few of them; if few are wrong, accept the whole pile in one action."
    )
    with open_workspace() as session:
        piles = [standing for standing in list_standings(session, dataset) if standing.clean]
    for standing in piles:
        st.caption(
            f"{escape_markdown(standing.source)}: {standing.clean:,} in the pile. "
            f"{escape_markdown(standing.sentence())}"
        )
    judges = _choose_judge(dataset)
    size, begin = st.columns([1, 2], vertical_alignment="bottom")
    size.number_input("To read", 1, 500, USUAL_SAMPLE, key="audit_size")
    begin.button("Draw a sample", on_click=_start, args=(dataset, judges))
    show_answer(PLACE)
    if audit is not None:
        _show_rate(audit)
        if audit.left:
            _show_next(audit)
        else:
            _show_end(audit)


def _choose_judge(dataset: str) -> dict[str, JudgeLine]:
    """Let a judge's passes join the pile; return the judges there are, as they are shown."""
    with open_workspace() as session:
        judges = {
            f"{line.judge} by rubric {line.rubric}": line for line in list_judges(session, dataset)
        }
    if judges:
        whose, share = st.columns([2, 1])
        whose.selectbox(
            "Also what a judge passes",
            [NO_JUDGE, *judges],
            key="audit_judge",
            help="Texts in which a check spoke join the pile where this judge passes them, if it "
            "is measured to be as right as asked for. They are audited like the rest.",
        )
        share.number_input(
            "It must surely be right in, percent",
            50,
            100,
            90,
            key="audit_precision",
            help="Of what it passes people must accept so many: the lower end of the 95 % "
            "interval counts.",
        )
    return judges


def _start(dataset: str, judges: dict[str, JudgeLine]) -> None:
    with answered_at(PLACE), open_workspace() as session:
        size = int(st.session_state["audit_size"])  # as it stands at the press
        seed = random.SystemRandom().randrange(2**31)
        line = judges.get(str(st.session_state.get("audit_judge")))
        at_least = st.session_state.get("audit_precision", 100) / 100
        trusted = TrustedJudge(line.rubric, line.judge, at_least) if line else None
        start_audit(session, current_actor(), dataset, size=size, seed=seed, trusted=trusted)


def _show_rate(audit: Audit) -> None:
    st.progress(audit.read / audit.sample, f"{audit.read} of {audit.sample} read")
    if audit.interval is not None:
        st.markdown(
            f"**{audit.errors} of {audit.read} are wrong: {say_share(audit.errors / audit.read)}** "
            f"(95 % interval {audit.interval.to_words('.1f')})"
        )


def _show_next(audit: Audit) -> None:
    with open_workspace() as session:
        item = load_item(session, current_actor(), audit.left[0])
    with st.container(border=True):
        st.text(item.question.stem)
        for choice in item.question.choices:
            key = "  ✓ key" if choice.label == item.question.answer_key else ""
            st.text(f"({choice.label}) {choice.text}{key}")
        st.divider()
        st.text(item.rationale.text)
        right, wrong, _ = st.columns([1, 1, 4])
        arguments = (audit.id, item.rationale.id)
        right.button("Right", on_click=_note, args=(*arguments, False), shortcut="A")
        wrong.button("Wrong", on_click=_note, args=(*arguments, True), shortcut="X")


def _note(audit_id: int, rationale_id: int, is_error: bool) -> None:
    with errors_shown(), open_workspace() as session:
        note_finding(session, current_actor(), audit_id, rationale_id, is_error=is_error)


def _show_end(audit: Audit) -> None:
    if audit.batch_id is None:
        st.button(
            f"Accept the pile of {audit.pile:,}, without the {audit.errors} found wrong",
            on_click=_accept,
            args=(audit.id,),
            type="primary",
        )
    else:
        st.success("The pile is accepted.")
        st.button("Undo", on_click=_undo, args=(audit.id,))


def _accept(audit_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        count = accept_pile(session, current_actor(), audit_id)
        st.toast(f"Accepted {count:,} rationales.")


def _undo(audit_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        count = undo_acceptance(session, current_actor(), audit_id)
        st.toast(f"{count:,} rationales are unreviewed again.")
