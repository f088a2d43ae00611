"""Choose a snapshot, or freeze the approved rationales into a new one."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.train.clone import clone_mark
from scicot.services.training.snapshots import Snapshot, create_snapshot, list_snapshots
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig
from scicot.words.records import APPROVED, RationaleStatus

NO_SNAPSHOT = ""  # no snapshot has an empty name


def choose_snapshot(dataset: str, like: TrainingConfig | None = None) -> str | None:
    """Return the chosen snapshot's name; None for no snapshot, or when there is none yet.

    Where the page is filled from a run, that run's snapshot is chosen first.
    """
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
    names = [*by_name, NO_SNAPSHOT]
    wanted = names[0] if like is None else like.snapshot or NO_SNAPSHOT
    chosen = first.selectbox(
        "Snapshot: the rationales to train on",
        names,
        index=names.index(wanted) if wanted in names else 0,
        format_func=lambda name: _label(by_name.get(name)),
        key=f"launch_snapshot_{dataset}{clone_mark(like)}",
    )
    return None if chosen == NO_SNAPSHOT else str(chosen)


def _label(snapshot: Snapshot | None) -> str:
    if snapshot is None:
        return "none: fine-tune on every training question"
    return f"{snapshot.name} ({snapshot.items:,} rationales, {snapshot.content_hash[:8]})"


def _show_new(dataset: str, there: int) -> None:
    name = st.text_input("Name", value=f"{dataset}-{there + 1}", key=f"snapshot_name_{there}")
    include = st.multiselect(
        "Statuses",
        list(RationaleStatus),
        default=list(APPROVED),
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
