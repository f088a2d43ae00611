"""Applied cleaning rules on the screen, each reverted as one."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.times import say_moment, say_utc
from scicot.pure.markdown import escape_markdown
from scicot.services.cleaning.batches import list_batches, revert_batch
from scicot.services.workspace import open_workspace


def show_batches(dataset: str) -> None:
    """Show what was applied to a dataset, the newest first."""
    with open_workspace() as session:
        batches = list_batches(session, dataset)
    if not batches:
        st.caption("No rule has been applied yet.")
    for batch in batches:
        what, when, back = st.columns([3, 3, 1], vertical_alignment="center")
        what.text(f"{batch.rule.name}, version {batch.rule.version}: {batch.changed:,} rationales")
        moment = batch.created_at
        when.caption(f"{escape_markdown(batch.actor)}, {say_moment(moment)}", help=say_utc(moment))
        if batch.reverted_at is None:
            back.button("Revert", key=f"revert_{batch.id}", on_click=_revert, args=(batch.id,))
        else:
            back.caption("Reverted")


def _revert(batch_id: int) -> None:
    with errors_shown(), open_workspace() as session:
        reverted, left = revert_batch(session, current_actor(), batch_id)
        more = f" {left:,} were changed since and stay as they are." if left else ""
        st.toast(f"Reverted {reverted:,} rationales.{more}")
