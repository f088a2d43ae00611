"""How a run looks while it goes and when it is over: status, progress, curves, log, actions."""

from __future__ import annotations

import streamlit as st

from pages.shared.plain_table import show_records
from pages.shared.run_control import show_headline, show_orders, show_while_it_runs
from pages.shared.teacher_run import show_teacher_totals
from pages.shared.times import say_moment, say_utc
from pages.train.clone import link_to_clone
from pages.train.outcome import say_split, show_share
from pages.train.runs.curves import show_curves
from pages.train.runs.labels import show_labels
from pages.train.runs.learned import show_learned
from scicot.pure.markdown import escape_markdown
from scicot.pure.runs.durations import say_duration
from scicot.pure.runs.logs import find_cause
from scicot.pure.shares import say_share
from scicot.services.launching.launches import get_launch, read_run_log
from scicot.services.runs.parts import PartView, list_parts
from scicot.services.runs.queue import list_queue
from scicot.services.workspace import open_workspace
from scicot.words.launching import LaunchView
from scicot.words.records import RunKind, RunStatus
from scicot.words.runs import RunView

COUNTED = {"accuracy": "correct", "option_accuracy": "option_correct"}  # a share: its count
# what is shown of the metrics, in this order: label, and what it means
FIGURES = {
    "accuracy": ("Correct", "The answer that it gave is the key."),
    "option_accuracy": ("Likeliest option right", "The option it gave most weight is the key."),
    "no_answer": ("No answer", "What it wrote names no option, or several."),
    "questions": ("Questions", "So many were answered and scored."),
    "most_answered_share": (
        "One place's share",
        "How often it chose the place it chooses most: near 25 % of four options is even.",
    ),
    "unscored": ("Not scored", "Their key is not known."),
}


def show_run(run_id: int) -> None:
    """Show one run whole; it refreshes itself every two seconds until the run is over."""
    show_while_it_runs(run_id, _show)


def _show(run: RunView) -> None:
    with open_workspace() as session:
        parts = list_parts(session, run.id)
        queue = list_queue(session) if run.status is RunStatus.QUEUED else []
        log = read_run_log(session, session.settings, run.id)
        launch = get_launch(session, run.id)
    message = escape_markdown(run.message)
    show_headline(run)
    cause = find_cause(log) if run.status in (RunStatus.FAILED, RunStatus.LOST) else None
    if cause:
        st.code(cause, language=None, wrap_lines=True)
    if run.kind in (RunKind.GENERATE, RunKind.FEW_SHOT, RunKind.LESSON):
        show_teacher_totals(run)
    elif run.id in queue:
        place = f"Number {queue.index(run.id) + 1} of {len(queue)} that wait."
        st.caption(f"{place} {message}")
    elif run.progress_total:
        share = min(1.0, run.progress_done / run.progress_total)
        st.progress(share, f"{message} {run.progress_done:,} of {run.progress_total:,}")
    elif message:
        st.caption(message)
    with st.container(horizontal=True, vertical_alignment="center"):
        show_orders(run)
        link_to_clone(run)
        show_labels(run)
    _show_small_print(run)
    _show_result(run)
    show_learned(run)
    show_curves([run], key=str(run.id))
    _show_parts(parts)
    with st.expander("Log", icon=":material/notes:"):
        st.code(log[-20_000:] or "Nothing yet.", language=None, wrap_lines=True, height=300)
    if launch and launch.submission:
        _show_launch(launch)
    with st.expander("Settings, versions and hash", icon=":material/settings:"):
        st.json(
            {
                "config": dict(run.config),
                "config_hash": run.config_hash,
                "code_version": run.code_version,
                "packages": dict(run.packages),
                "by": run.actor,
            }
        )


def _show_launch(launch: LaunchView) -> None:
    """Show what a cluster was handed, for reading and copying, and what it last said of it."""
    name = launch.title
    ticket = escape_markdown(str(launch.ticket))
    with st.expander(f"Handed to {name} as {ticket}", icon=":material/dns:"):
        said = " ".join(filter(None, [launch.state, launch.reason]))
        st.text(f"{name} last said: {said or 'nothing yet'}.")
        st.code(launch.submission, language="shell", wrap_lines=True)


def _show_small_print(run: RunView) -> None:
    """Show the note, the tags, and when it was by the person's own clock."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for tag in run.tags:
            st.badge(escape_markdown(tag), color="gray")
        if run.archived_at:
            st.badge("archived", color="orange", icon=":material/inventory_2:")
        began = run.started_at or run.created_at
        said = f"{run.actor}, {say_moment(began)}"
        if run.finished_at and run.started_at:
            said += f", {say_duration((run.finished_at - run.started_at).total_seconds())}"
        split = say_split(run)
        st.caption(
            escape_markdown(said + (f", measured on {split}" if split else "")),
            help=f"Began {say_utc(began)}",
        )
    if run.note:
        st.text(run.note)


def _show_result(run: RunView) -> None:
    metrics = run.metrics
    if metrics is None:
        return
    figures = {key: value for key, value in metrics.items() if isinstance(value, int | float)}
    questions = int(figures.get("questions", 0))
    with st.container(horizontal=True, gap="large"):
        for name, (label, about) in FIGURES.items():
            count = figures.get(COUNTED.get(name, ""))
            if count is not None:
                show_share(label, about, int(count), questions)
            elif name in figures:
                value = figures[name]
                text = say_share(value) if isinstance(value, float) else f"{value:,}"
                st.metric(label, text, help=about, width="content")


def _show_parts(parts: list[PartView]) -> None:
    """Show what each part that is over cost; a stage that was there already cost nothing."""
    if not parts:
        return
    show_records(
        [
            {
                "part": part.name,
                "time": "0, reused" if part.reused else say_duration(part.seconds),
                "memory held": f"{part.peak_memory_bytes / 1e9:.1f} GB",
                "pace": f"{part.tokens_per_second:,.0f} tokens/s" if part.tokens_per_second else "",
            }
            for part in parts
        ],
        key="parts",
        label="What each part of the run cost",
        about={"memory held": "The most that the run's process had held by the end of this part."},
    )
