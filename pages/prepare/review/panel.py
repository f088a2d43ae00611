"""What can be looked up about one rationale: its history, similar ones, the teacher again."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.times import say_moment, say_utc
from pages.shared.word_diff import show_word_diff
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
from scicot.services.cleaning.batches import new_operation_id
from scicot.services.rationales.judge_order import judgements_of
from scicot.services.rationales.revisions import Revision, list_revisions
from scicot.services.review.items import load_item
from scicot.services.review.regeneration import ask_again
from scicot.services.review.similar import find_similar
from scicot.services.review.undo import restore_revision
from scicot.services.workspace import open_workspace
from scicot.services.worth.store import worths_by_revision
from scicot.words.records import RationaleStatus


def show_review_panel() -> None:
    """Show the panel of the rationale that was looked up last, if any."""
    rationale_id = st.session_state.get("review_looked_at")
    if rationale_id is None:
        return
    with st.container(border=True):
        heading, close = st.columns([5, 1])
        heading.markdown(f"**Rationale {rationale_id}**")
        close.button("Close", on_click=_close, width="stretch")
        history, similar, again = st.tabs(["History", "Similar", "Ask the teacher again"])
        with history, errors_shown():
            _show_history(rationale_id)
        with similar, errors_shown():
            _show_similar(rationale_id)
        with again:
            _show_again(rationale_id)


def _close() -> None:
    st.session_state.pop("review_looked_at", None)


def _show_history(rationale_id: int) -> None:
    with open_workspace() as session:
        revisions = list_revisions(session, rationale_id)
        item = load_item(session, current_actor(), rationale_id)
        worths = worths_by_revision(session, rationale_id)
        # verdict first, judge after
        judged = judgements_of(session, rationale_id) if item.verdict is not None else {}
    seen = item.rationale.status
    current = revisions[-1]
    for before, revision in reversed(list(zip([None, *revisions[:-1]], revisions, strict=True))):
        when = revision.created_at
        what, restore = st.columns([5, 1], vertical_alignment="center")
        author = escape_markdown(revision.author)
        what.caption(
            f"{revision.number} · {revision.cause.value} by {author} · {say_moment(when)}",
            help=say_utc(when),
        )
        if revision.id in worths:
            student, worth = worths[revision.id]
            what.caption(
                f"To {escape_markdown(student)}: help {worth.help:+.2f}, leak {worth.leak:+.2f} "
                f"nats; it {escape_markdown(worth.say(item.question.answer_key))}."
            )
        for judgement in judged.get(revision.id, ()):
            what.caption(escape_markdown(judgement.say()))
        if revision is not current:
            restore.button(
                "Restore",
                key=f"restore_{revision.id}",
                on_click=_restore,
                args=(rationale_id, revision, current.id, seen, new_operation_id()),
                width="stretch",
            )
        if before is None:
            st.text(revision.text)
        else:
            show_word_diff(before.text, revision.text, key=f"diff_{revision.id}")


def _restore(
    rationale_id: int, old: Revision, current_id: int, seen: RationaleStatus, operation_id: str
) -> None:
    with errors_shown(), open_workspace() as session:
        restore_revision(
            session,
            current_actor(),
            rationale_id,
            old.id,
            current_revision_id=current_id,
            seen=seen,
            operation_id=operation_id,
        )
        st.toast(f"Revision {old.number} is the text again.")
        st.session_state.get("review_state", {}).pop("first", None)
        st.query_params["rationale"] = str(rationale_id)  # brings the card back to it, as it is now


def _show_similar(rationale_id: int) -> None:
    with open_workspace() as session:
        alike = find_similar(session, current_actor(), rationale_id)
    if not alike:
        st.caption("No other rationale of this dataset says much the same.")
    for similar in alike:
        st.caption(
            f"{say_share(similar.similarity, 0)} alike · rationale {similar.rationale_id} · "
            f"{escape_markdown(similar.question)} · {similar.status.value}"
        )
        st.text(similar.text)


def _show_again(rationale_id: int) -> None:
    with st.form(f"again_{rationale_id}", border=False):
        note = st.text_area(
            "A note to the teacher",
            placeholder="Explain why the other options are wrong, and name no letter.",
            height=80,
        )
        if st.form_submit_button("Ask again"):
            with errors_shown(), open_workspace() as workspace:
                run_id = ask_again(
                    workspace, workspace.settings, current_actor(), rationale_id, note
                )
                workspace.tend()
                st.success(
                    f"Run {run_id} asks the teacher. Its rationale comes into the queue as another "
                    "sample of this question."
                )
