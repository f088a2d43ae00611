"""What a run would do, looked at before it is started: texts, cuts, reuse, disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.shared.frame import errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.pure.methods.registry import CLAIM, make_config
from scicot.services.training.estimate import estimate_training
from scicot.services.training.preview import StagePreview, TrainingPreview, inspect_training
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig


def show_check(methods: Sequence[str], values: dict[str, Any], seed: int) -> None:
    """Show one method's run before launch; the texts are counted only while this is open."""
    method = st.segmented_control(
        "Method",
        methods,
        default=CLAIM[0] if CLAIM[0] in methods else methods[-1],
        required=True,
        key="check_method",
    )
    if not st.toggle("Count the tokens and look for stages to reuse", key="check_on"):
        return
    with errors_shown():
        config = make_config(method=method, seed=seed, **values)
        with open_workspace() as workspace, st.spinner("Counting"):
            _show(inspect_training(workspace, workspace.settings, config))
        _show_time(config)


def _show_time(config: TrainingConfig) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button("Estimate the minutes", icon=":material/timer:", key="check_time")
        again = st.button(
            "Try again",
            icon=":material/replay:",
            key="check_again",
            type="tertiary",
            help="The try-out is remembered; make it anew if the machine was busy then.",
        )
    if wanted or again:
        with (
            open_workspace() as workspace,
            st.spinner("Trying ten steps (a minute or two the first time)"),
        ):
            estimate = estimate_training(workspace, workspace.settings, config, again=again)
        st.text(estimate.sentence())
        st.caption(f"Tried {estimate.tried_at.astimezone():%d %b %H:%M}.")


def _show(preview: TrainingPreview) -> None:
    st.text(preview.sentence())
    if room := preview.sentence_of_room():
        st.text(room)
    for note in preview.notes:
        st.warning(escape_markdown(note), icon=":material/warning:")
    lines = [_line(stage) for stage in preview.stages]
    known = [name for name in lines[0] if any(line[name] is not None for line in lines)]
    st.dataframe([{name: line[name] for name in known} for line in lines], hide_index=True)
    if any(stage.hash for stage in preview.stages) and not all(
        stage.hash for stage in preview.stages
    ):
        st.caption("What is None is known once stage 1 has written its rationales.")
    st.caption("The first batch, as the student sees it: input, then target")
    for example in preview.first_batch[:4]:
        st.code(f"{example.input}\n\n{example.target}", language=None, wrap_lines=True)


def _line(stage: StagePreview) -> dict[str, object]:
    counts = stage.counts
    return {
        "stage": stage.role,
        "examples": stage.examples,
        "steps": stage.steps,
        "longest input": counts.longest_input if counts else None,
        "longest target": counts.longest_target if counts else None,
        "cut": counts.cut_inputs + counts.cut_targets if counts else None,
        "cost": "0: reused" if stage.reused else "trained",
        "hash": stage.hash[:30] if stage.hash else None,
    }
