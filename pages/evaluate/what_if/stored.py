"""What a run answered whose students are not on this machine: it is read, and nothing is asked."""

from __future__ import annotations

from pages.evaluate.question import show_question
from pages.evaluate.reader import choose_question
from pages.evaluate.students import offer_training
from scicot.services.evaluation.question_view import view_question
from scicot.services.predictions.store import list_outcomes
from scicot.services.workspace import open_workspace
from scicot.words.runs import RunView


def show_stored(run: RunView) -> None:
    """Show the way to have the run's students here, and below it the run's own answers."""
    offer_training(run, "to answer an edited question; its own answers stand below")
    with open_workspace() as session:
        asked = sorted(list_outcomes(session, run.id))
    question_id = choose_question(asked)
    if question_id is not None:
        with open_workspace() as session:
            view = view_question(session, question_id, [run.id])
        show_question(view, [run.name])
