"""The five cards of the jobs, the runs under way and the newest comparison."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.frame import current_actor
from pages.shared.run_control import BADGES
from scicot.pure.markdown import escape_markdown
from scicot.services.home.overview import Overview, State, Step
from scicot.words.people import role_needed
from scicot.words.records import Split
from scicot.words.reviewing import Queue

WAYS = {
    Step.QUESTIONS: ("Questions", links.QUESTIONS, "Browse"),
    Step.RATIONALES: ("Rationales", links.GENERATE, "Generate"),
    Step.REVIEW: ("Review", links.REVIEW, "Review"),
    Step.TRAIN: ("Train", links.LAUNCH, "Train"),
    Step.UNDERSTAND: ("Understand", links.COMPARE, "Compare"),
}

ICONS = {
    State.EMPTY: ":material/radio_button_unchecked:",
    State.BEGUN: ":material/timelapse:",
    State.DONE: ":green[:material/check_circle:]",
}


def show_cards(dataset: str, overview: Overview) -> None:
    """Show each job with its count, what waits, and its button; the next one stands out."""
    said = _say(overview)
    role = current_actor().role
    for column, step in zip(st.columns(len(Step)), Step, strict=True):
        title, page, way = WAYS[step]
        figure, waits = said[step]
        with (
            column,
            st.container(border=True, height="stretch", vertical_alignment="distribute"),
        ):
            st.metric(f"{title} {ICONS[overview.state_of(step)]}", f"{figure:,}")
            st.caption(waits)
            if st.button(
                way,
                key=f"home_{step}",
                type="primary" if step is overview.next_step else "secondary",
                disabled=not role.reaches(role_needed(page)),
                width="stretch",
            ):
                st.switch_page(page, query_params={"dataset": dataset})


def _say(overview: Overview) -> dict[Step, tuple[int, str]]:
    """Return each job's figure, and in words what it counts and what waits."""
    queues, approved = overview.queues, overview.approved
    splits = ", ".join(f"{count:,} {split}" for split, count in overview.questions.items() if count)
    frozen = f"{_count(overview.snapshots, 'snapshot')} frozen" if overview.snapshots else ""
    skipped = queues[Queue.SKIPPED]
    decided = f"{skipped:,} skipped" if skipped else f"all {queues[Queue.ALL]:,} are decided"
    return {
        Step.QUESTIONS: (sum(overview.questions.values()), splits),
        Step.RATIONALES: (
            queues[Queue.ALL],
            f"{_count(overview.unexplained, 'training question')} without one"
            if overview.unexplained
            else "every training question has one"
            if overview.questions.get(Split.TRAIN)
            else "there is no training question",
        ),
        Step.REVIEW: (
            (queues[Queue.UNREVIEWED], f"to read, {queues[Queue.FLAGGED]:,} flagged")
            if queues[Queue.UNREVIEWED] or not queues[Queue.ALL]
            else (approved, f"approved; {decided}")
        ),
        Step.TRAIN: (
            overview.trained,
            f"student{'' if overview.trained == 1 else 's'}; {_count(approved, 'rationale')} "
            f"approved, {frozen or 'none frozen yet'}",
        ),
        Step.UNDERSTAND: (overview.predicted, "runs with answers to compare and to read"),
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def show_under_way(overview: Overview) -> None:
    """Show the runs that go on or wait."""
    if not overview.under_way:
        return
    st.markdown("##### Under way")
    for run in overview.under_way:
        color, icon = BADGES[run.status]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(run.status.value, color=color, icon=icon)
            st.page_link(
                links.RUNS,
                label=escape_markdown(f"{run.id} · {run.name}"),
                query_params={"run": str(run.id)},
            )
            if run.progress_total:
                st.text(f"{run.progress_done:,} of {run.progress_total:,}")


def show_comparison(overview: Overview) -> None:
    """Show what the newest two comparable runs say, in a sentence."""
    if overview.compared is None:
        return
    run_a, run_b, sentence = overview.compared
    st.markdown("##### The newest comparison")
    st.text(sentence)
    st.page_link(
        links.COMPARE,
        label=f"Compare runs {run_a} and {run_b}",
        icon=":material/compare:",
        query_params={"a": str(run_a), "b": str(run_b)},
    )
