"""The Compare page: two runs on the same questions, and each question where they differ."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.evaluate.compare.matrix import show_overview
from pages.evaluate.compare.pairs import show_pairs
from pages.evaluate.compare.slices import (
    chosen_slice,
    load_run_slices,
    show_bias,
    show_filter,
    show_slices,
)
from pages.evaluate.question import show_question
from pages.evaluate.reader import choose_question
from pages.evaluate.runs import choose_run, number_runs, predicted_runs
from pages.evaluate.score import choose_reading
from pages.evaluate.tags import show_tagging
from pages.evaluate.taxonomy import show_taxonomy
from pages.shared import links
from pages.shared.frame import errors_shown
from pages.shared.next_step import show_next_step
from scicot.pure.evaluation.comparison import Cell
from scicot.pure.markdown import escape_markdown
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.cell_comparison import find_siblings
from scicot.services.evaluation.comparison import RunComparison, compare_runs
from scicot.services.evaluation.pairs import default_pair, find_partner, is_settled
from scicot.services.evaluation.question_view import view_question
from scicot.services.workspace import open_workspace
from scicot.words.runs import RunView

VIEWS = {
    "questions": "Questions",
    "slices": "Slices",
    "positions": "Places",
    "tags": "Tags",
    "pairs": "More runs",
}


def compare(run_a: RunView, run_b: RunView, others: Sequence[RunView]) -> None:
    """Show what sets the two runs apart, then the chosen view of it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        view = choose_view()
        reading = choose_reading()
    slices, among = None, None
    chosen = chosen_slice()
    if chosen is not None or view in ("slices", "positions"):
        slices = load_run_slices(run_a.id, run_b.id, reading)
    if slices is not None and chosen is not None:
        among = slices.select(*chosen)
        slices = slices.keep(among)
        show_filter(len(among), number_runs([run_a, run_b]))
    with open_workspace() as session:
        compared = compare_runs(session, run_a.id, run_b.id, reading=reading, among=among)
    if among is not None or not show_seeds(run_a, run_b, reading):
        st.markdown(f"#### {escape_markdown(compared.said)}")
    else:
        st.markdown(escape_markdown(compared.said))
    show_differing(compared)
    if not compared.found.matched:
        return
    cell = show_overview(compared)
    names = [compared.name_a, compared.name_b]
    if view == "slices" and slices is not None:
        show_slices(slices, compared)
    elif view == "positions" and slices is not None:
        show_bias(slices, compared)
    elif view == "tags":
        show_taxonomy([run_a.id, run_b.id], names, among)
    elif view == "pairs":
        show_pairs([run_a.id, run_b.id], others, reading, among)
    else:
        read_questions(compared, cell)
    if view != "questions":
        runs = f"{run_a.id},{run_b.id}"
        show_next_step("Read what they wrote.", links.INSPECT, "Read both side by side", runs=runs)


def show_seeds(run_a: RunView, run_b: RunView, reading: Reading) -> bool:
    """Say first what all seeds of both say together; False where there are no more than these."""
    with open_workspace() as session:
        (found,) = find_siblings(session, [(run_a, run_b)], reading=reading)
    if found is None:
        return False
    st.markdown(f"#### Over all seeds: {escape_markdown(found.sentence)}")
    for warning in found.warnings:
        st.markdown(escape_markdown(warning))
    return True


def show_differing(compared: RunComparison) -> None:
    """Say in which settings the two runs differ besides the method: what else may be the cause."""
    if compared.differences:
        st.warning(
            escape_markdown(
                f"These runs differ in {compared.differences}, besides what their names say."
            ),
            icon=":material/difference:",
        )


def choose_view() -> str:
    """Return the chosen view, kept in the link."""
    return links.link_choice(
        st.segmented_control,
        "View",
        "view",
        list(VIEWS),
        say=lambda view: VIEWS[view],
        is_short=True,
        is_remembered=False,
        label_visibility="collapsed",
    )


def read_questions(compared: RunComparison, cell: Cell) -> None:
    """Show the questions of the chosen cell, one by one."""
    question_id = choose_question(compared.cells[cell])
    if question_id is None:
        return
    with open_workspace() as session:
        view = view_question(session, question_id, [compared.run_a.id, compared.run_b.id])
    names = [compared.name_a, compared.name_b]
    show_question(view, names)
    show_tagging(view, names)
    show_next_step(
        "This question with notes, and all the others that the two answered.",
        links.INSPECT,
        "Read both side by side",
        question=question_id,
        runs=f"{compared.run_a.id},{compared.run_b.id}",
    )


st.title("Compare")
runs = predicted_runs()
if len(runs) == 1:
    st.info("One run has predictions. A comparison needs two.", icon=":material/science:")
    show_next_step(
        "Another method, the same questions.", links.LAUNCH, "Launch one to compare with"
    )
elif runs:
    pair = default_pair([run for run in runs if is_settled(run)]) or default_pair(runs)
    left, right = st.columns(2)
    with left:
        chosen_a = choose_run("First run", "a", runs, default=pair[0] if pair else runs[0].id)
    others = [run for run in runs if run.dataset == chosen_a.dataset and run.id != chosen_a.id]
    with right:
        if others:
            is_pair = pair is not None and chosen_a.id == pair[0]
            default_b = pair[1] if pair and is_pair else find_partner(chosen_a, others).id
            chosen_b = choose_run("Second run", "b", others, default=default_b)
        else:
            st.info("No other run answered this dataset.", icon=":material/science:")
    if others:
        with errors_shown():
            compare(chosen_a, chosen_b, others)
