"""Rationales out of the app: which statuses, in which layout, as a file."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from scicot.services.review.exports import RationaleFormat, render_rationales
from scicot.services.workspace import open_workspace
from scicot.words.records import APPROVED, RationaleStatus

STYLES = {
    RationaleFormat.JSONL: "JSONL, the original beside the edit",
    RationaleFormat.CSV: "A spreadsheet (CSV)",
    RationaleFormat.PARQUET: "A table (Parquet)",
    RationaleFormat.ARGILLA: "Argilla records",
    RationaleFormat.LABEL_STUDIO: "Label Studio tasks",
    RationaleFormat.DPO: "Preference pairs (DPO): edits over originals",
    RationaleFormat.PROCESS: "Process labels: sentences, right or the first wrong one",
}

ENDINGS = {
    RationaleFormat.CSV: "csv",
    RationaleFormat.PARQUET: "parquet",
    RationaleFormat.LABEL_STUDIO: "json",
}


def show_export(dataset: str) -> None:
    """Show what can be exported of a dataset; the file is made when it is asked for."""
    statuses = st.multiselect(
        "Statuses",
        [status.value for status in RationaleStatus],
        [status.value for status in APPROVED],
        key="export_statuses",
    )
    style = st.selectbox(
        "Layout", list(STYLES), format_func=lambda style: STYLES[style], key="export_style"
    )
    include = tuple(RationaleStatus(status) for status in statuses)
    wanted = (dataset, include, style)
    if st.button("Make the file", disabled=not include):
        with errors_shown(), open_workspace() as session:
            count, content = render_rationales(
                session, current_actor(), dataset=dataset, include=include, style=style
            )
            st.session_state["export_made"] = (wanted, count, content)
    exported = st.session_state.get("export_made")
    if exported is not None and exported[0] == wanted:
        ending = ENDINGS.get(style, "jsonl")
        st.download_button(
            f"Download {exported[1]:,} rationales",
            exported[2],
            file_name=f"{dataset}-rationales.{ending}",
            on_click="ignore",
        )
