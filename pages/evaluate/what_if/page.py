"""The What if page: edit the rationale or the question, and the student answers at once."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.evaluate.reader import choose_question
from pages.evaluate.runs import choose_run, predicted_runs
from pages.evaluate.what_if.answers import show_answers
from pages.evaluate.what_if.drafts import History
from pages.evaluate.what_if.stored import show_stored
from pages.shared import links
from pages.shared.answers import answer, answered_at, show_answer
from pages.shared.frame import current_actor, errors_shown
from pages.shared.links import link_number
from pages.shared.next_step import show_next_step
from pages.shared.press import press_button
from scicot.pure.markdown import escape_markdown
from scicot.services.evaluation.attribution import is_two_stage
from scicot.services.evaluation.question_view import add_note
from scicot.services.evaluation.what_if import (
    WhatIfAnswer,
    answer_draft,
    can_answer,
    describe_draft,
    to_draft,
    write_rationale,
)
from scicot.services.predictions.store import list_outcomes, list_predictions
from scicot.services.questions.lookup import get_question
from scicot.services.workspace import open_workspace
from scicot.words.records import Prediction, StoredQuestion
from scicot.words.runs import RunView
from scicot.words.settings import get_settings


def show(run: RunView) -> None:
    """Show one question's drafts and answers."""
    with open_workspace() as session:
        asked = sorted(list_outcomes(session, run.id))
    question_id = choose_question(asked)
    if question_id is None:
        return
    with open_workspace() as session:
        question = get_question(session, question_id)
        (stored,) = list_predictions(session, run.id, question_ids=[question_id])
        reads_rationale = is_two_stage(run)
        original = to_draft(question, stored.rationale if reads_rationale else None)
        history = History(run.id, original, question)
        boxes, answers = st.columns(2)
        with boxes:
            st.text(question.stem)
            history.show_rationale(disabled=not reads_rationale)
            if not reads_rationale:
                st.caption("This method's answering reads no rationale; edit the question.")
            with st.expander("Question and options", icon=":material/edit:"):
                history.show_question()
            history.show_undo()
        for draft in (original, history.now):
            if draft not in history.answers:
                history.answers[draft] = answer_draft(
                    session, get_settings(), run.id, question, draft
                )
    before, now = history.answers[original], history.answers[history.now]
    with answers:
        show_answers(question, before, now)
        if before.label != stored.label or before.output != (stored.output or before.output):
            st.caption(_say_other(before, stored))
        if reads_rationale:
            st.button(
                "Let the first student write the rationale anew",
                on_click=_rewrite,
                args=(run.id, question, history),
                width="stretch",
            )
        noted = describe_draft(question, history.now, before, now)
        press_button(
            "Keep as a note",
            partial(_keep, run.id, question, noted, history.box("note")),
            disabled=history.now == original,
            width="stretch",
        )
        show_answer(history.box("note"))
    show_next_step(
        "Change how it is trained, and see.", links.LAUNCH, "Train one like it", like=run.id
    )


def _say_other(before: WhatIfAnswer, stored: Prediction) -> str:
    """Return that the original is answered otherwise here than in the run, and what to think."""
    here, there = (escape_markdown(label or "unreadably") for label in (before.label, stored.label))
    what = (
        f"Here the original is answered {here}; the run itself answered {there}"
        if before.label != stored.label
        else "Here the original's answer reads otherwise than in the run"
    )
    return (
        f"{what}: it was computed in another precision, or on another machine. Compare drafts "
        "with the original as it is answered here; Inspect shows the run's own words."
    )


def _rewrite(run_id: int, question: StoredQuestion, history: History) -> None:
    with errors_shown(), open_workspace() as session:
        text = write_rationale(session, get_settings(), run_id, question, history.now)
        history.push_rationale(text)


def _keep(run_id: int, question: StoredQuestion, text: str, place: str) -> None:
    with answered_at(place), open_workspace() as session:
        add_note(session, current_actor(), question.id, text, run_id=run_id)
        answer(place, "Kept as a note on the question.")


st.title("What if")
listed = predicted_runs()
with open_workspace() as opened:
    able = {run.id for run in listed if can_answer(opened, run)}
# where none can be asked, and where a link names one that cannot, its own answers are read
runs = [run for run in listed if not able or run.id in able or run.id == link_number("run")]
if runs:
    with errors_shown():
        first = next((run.id for run in runs if run.id in able), runs[0].id)
        chosen = choose_run("Run", "run", runs, default=first)
        (show if chosen.id in able else show_stored)(chosen)
