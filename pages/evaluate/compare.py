"""The Compare page: two runs on the same questions, and each question where they differ."""

from __future__ import annotations

import streamlit as st

from pages.shared.evaluate_question import show_question
from pages.shared.evaluate_reader import choose_question
from pages.shared.evaluate_runs import choose_run, predicted_runs
from pages.shared.evaluate_score import show_cells, show_scores
from pages.shared.frame import errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.services.comparison import compare_runs
from scicot.services.question_view import view_question
from scicot.services.workspace import open_workspace
from scicot.words.records import RunView


def show_comparison(run_a: RunView, run_b: RunView) -> None:
    """Show what sets the two runs apart, then the questions of the chosen cell."""
    with open_workspace() as session:
        compared = compare_runs(session, run_a.id, run_b.id)
    st.markdown(f"#### {escape_markdown(compared.sentence)}")
    show_scores(compared)
    cell = show_cells(compared)
    question_id = choose_question(compared.cells[cell])
    if question_id is not None:
        with open_workspace() as session:
            view = view_question(session, question_id, [run_a.id, run_b.id])
        show_question(view, [compared.name_a, compared.name_b])


st.title("Compare")
runs = predicted_runs()
if len(runs) == 1:
    st.info("One run has predictions. A comparison needs two.", icon=":material/science:")
elif runs:
    left, right = st.columns(2)
    with left:
        chosen_a = choose_run("Run A", "a", runs, default=runs[0].id)
    others = [run for run in runs if run.dataset == chosen_a.dataset and run.id != chosen_a.id]
    with right:
        if others:
            chosen_b = choose_run("Run B", "b", others, default=others[0].id)
        else:
            st.info("No other run answered this dataset.", icon=":material/science:")
    if others:
        with errors_shown():
            show_comparison(chosen_a, chosen_b)
