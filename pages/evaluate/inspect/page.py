"""The Inspect page: one question, up to four runs, everything they wrote about it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.evaluate.inspect.notes import show_notes
from pages.evaluate.inspect.question_list import choose_listed
from pages.evaluate.question import show_question
from pages.evaluate.reader import show_none, show_steps
from pages.evaluate.runs import predicted_runs, run_label
from pages.evaluate.tags import show_tagging
from pages.shared import links
from pages.shared.frame import errors_shown
from pages.shared.links import link_choices, write_link
from pages.shared.next_step import show_next_step
from scicot.services.evaluation.attribution import is_two_stage
from scicot.services.evaluation.question_view import MAX_RUNS, view_question
from scicot.services.workspace import open_workspace
from scicot.words.runs import RunView


def choose_runs(runs: Sequence[RunView]) -> list[RunView]:
    """Return up to four chosen runs, kept in the link."""
    by_id = {run.id: run for run in runs}
    chosen = link_choices(
        f"Runs, up to {MAX_RUNS}",
        "runs",
        list(by_id),
        most=MAX_RUNS,
        default=[runs[0].id],
        say=lambda run_id: run_label(by_id[run_id]),
    )
    return [by_id[run_id] for run_id in chosen]


def show(chosen: Sequence[RunView]) -> None:
    """Show one question after another that any of the runs answered."""
    listed, reading = st.columns([4, 5], gap="medium")
    with listed:
        found = choose_listed(chosen)
    with reading:
        question_id = found.near(0)
        if question_id is None:
            show_none()
            return
        write_link("question", question_id)
        show_steps(
            "question", found.place, found.listed, before=found.near(-1), after=found.near(1)
        )
        with open_workspace() as session:
            view = view_question(session, question_id, [run.id for run in chosen])
        names = [run.name for run in chosen]
        show_question(view, names)
        show_tagging(view, names)
        show_notes(view)
        show_next(chosen, question_id)


def show_next(chosen: Sequence[RunView], question_id: int) -> None:
    """Show the ways on from an answer: to other rationales, and to whose fault the errors are."""
    run = next(filter(is_two_stage, chosen), chosen[0])
    show_next_step(
        "What would it answer after another text?",
        links.WHAT_IF,
        f"Ask run {run.id}: what if",
        run=run.id,
        question=question_id,
    )
    if is_two_stage(run):
        show_next_step(
            "Is the rationale at fault, or the answering?",
            links.ATTRIBUTION,
            f"Sort the errors of run {run.id}",
            run=run.id,
        )


st.title("Inspect")
listed = predicted_runs()
if listed:
    with errors_shown():
        show(choose_runs(listed))
