"""What a run would do, looked at before it is started: texts, cuts, reuse, disk."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.shared.frame import errors_shown
from scicot.services.training_estimate import TrainingEstimate, estimate_training
from scicot.services.training_preview import StagePreview, TrainingPreview, inspect_training
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig
from scicot.words.records import Method


def show_check(methods: list[Method], values: dict[str, Any], seed: int) -> None:
    """Show one method's run before launch; the texts are counted only while this is open."""
    method = st.segmented_control(
        "Method",
        methods,
        default=Method.SCI_COT if Method.SCI_COT in methods else methods[-1],
        required=True,
        format_func=lambda one: one.value,
        key="check_method",
    )
    if not st.toggle("Count the tokens and look for stages to reuse", key="check_on"):
        return
    with errors_shown():
        config = TrainingConfig.checked(method=method, seed=seed, **values)
        with open_workspace() as session, st.spinner("Counting"):
            _show(inspect_training(session, config))
        if st.button("Estimate the minutes", icon=":material/timer:", key="check_time"):
            with (
                open_workspace() as session,
                st.spinner("Trying ten steps (a minute or two the first time)"),
            ):
                _show_minutes(estimate_training(session, config))


def _show_minutes(found: TrainingEstimate) -> None:
    st.text(
        f"About {_long(found.minutes)} on this machine: training {_long(found.training)}, writing "
        f"rationales {_long(found.writing)}, the test split {_long(found.testing)} "
        f"(from {found.steps_tried} steps tried here)."
    )


def _long(minutes: float) -> str:
    return f"{minutes:.1f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _show(preview: TrainingPreview) -> None:
    needed = (
        f"about {preview.disk_needed / 1e9:.1f} GB of disk"
        if preview.disk_needed is not None
        else "an unknown amount of disk"
    )
    st.text(
        f"Trains on {preview.train_questions:,} questions, answers {preview.test_questions:,} of "
        f"the test split, needs {needed}; {preview.disk_free / 1e9:.0f} GB are free."
    )
    for note in preview.notes:
        st.warning(note, icon=":material/warning:")
    lines = [_line(stage) for stage in preview.stages]
    known = [name for name in lines[0] if any(line[name] is not None for line in lines)]
    st.dataframe([{name: line[name] for name in known} for line in lines], hide_index=True)
    if any(one.hash for one in preview.stages) and not all(one.hash for one in preview.stages):
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
