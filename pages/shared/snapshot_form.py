"""Choose a snapshot, or freeze the approved rationales into a new one."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from scicot.services.snapshots import create_snapshot, list_snapshots
from scicot.services.workspace import open_workspace
from scicot.words.records import RationaleStatus

DEFAULT_STATUSES = [RationaleStatus.ACCEPTED, RationaleStatus.EDITED]


def choose_snapshot(dataset: str) -> str | None:
    """Return the chosen snapshot's name, None when there is none yet."""
    with open_workspace() as session:
        snapshots = list_snapshots(session, dataset)
    first, second = st.columns([3, 1], vertical_alignment="bottom")
    with second.popover("New snapshot", icon=":material/photo_camera:", width="stretch"):
        _show_new(dataset, len(snapshots))
    by_name = {one.name: one for one in snapshots}
    if not by_name:
        first.info(
            "No snapshot yet. Freeze the approved rationales; only fine-tune works without.",
            icon=":material/photo_camera:",
        )
        return None
    return str(
        first.selectbox(
            "Snapshot: the rationales to train on",
            list(by_name),
            format_func=lambda name: (
                f"{name} ({by_name[name].items:,} rationales, {by_name[name].content_hash[:8]})"
            ),
        )
    )


def _show_new(dataset: str, there: int) -> None:
    name = st.text_input("Name", value=f"{dataset}-{there + 1}", key=f"snapshot_name_{there}")
    include = st.multiselect(
        "Statuses",
        list(RationaleStatus),
        default=DEFAULT_STATUSES,
        format_func=lambda status: status.value,
        key="snapshot_include",
    )
    source = st.text_input(
        "Source",
        key="snapshot_source",
        placeholder="any",
        help="Take rationales of this teacher or import only.",
    )
    if st.button("Freeze", type="primary", key="snapshot_create"):
        with errors_shown(), open_workspace() as session:
            create_snapshot(
                session,
                current_actor(),
                name=name,
                dataset=dataset,
                include=include,
                sources=[source.strip()] if source.strip() else (),
            )
            st.rerun()
