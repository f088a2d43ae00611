"""A snapshot that fits a method which is told from others by its rationales."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.shared.answers import answer, answered_at
from pages.shared.frame import current_actor, errors_shown
from pages.shared.links import choose
from pages.shared.press import press_button
from pages.train.launch.snapshot_form import PLACE
from scicot.pure.markdown import escape_markdown
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import make_config
from scicot.services.training.recipes import find_fault, fit_snapshot
from scicot.services.training.snapshots import find_snapshot, snapshot_texts
from scicot.services.workspace import open_workspace


def offer_snapshot(method: Method, dataset: str, snapshot: str | None) -> None:
    """Show what of the snapshot is not as the method wants it, and the way to one that is."""
    if method.recipe is None or snapshot is None:
        return
    with errors_shown():
        with open_workspace() as session:
            texts = snapshot_texts(session, find_snapshot(session, snapshot).id)
        fault = find_fault(method.recipe, texts)
        if fault is None:
            return
        st.caption(escape_markdown(f"Snapshot {snapshot} is not what it learns from: {fault}"))
        press_button(
            "Freeze one that fits",
            partial(_freeze, method, dataset, snapshot),
            key="snapshot_fit",
            icon=":material/photo_camera:",
            help="Chosen as this one, but for what the method is about.",
        )


def _freeze(method: Method, dataset: str, snapshot: str) -> None:
    with answered_at(PLACE), open_workspace() as session:
        config = make_config(method=method.name, dataset=dataset, snapshot=snapshot)
        fitting = str(fit_snapshot(session, current_actor(), config).snapshot)
        choose("snapshot", fitting)
        answer(PLACE, escape_markdown(f"Snapshot {fitting} is frozen and chosen now."))
