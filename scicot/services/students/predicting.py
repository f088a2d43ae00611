"""Let the students of a finished run answer another split or dataset, in a run of its own."""

from __future__ import annotations

from sqlalchemy.orm import Session

from scicot.pure.methods.registry import plan_of
from scicot.pure.predictions.metrics import measure
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import find_dataset_id, list_questions
from scicot.services.runs.runs import create_run
from scicot.services.runs.worker import RunContext
from scicot.services.students.answering import Answering
from scicot.services.students.answers import answer_questions
from scicot.services.students.trained import load_trained
from scicot.services.students.watcher import RunWatcher
from scicot.words.configs import PredictionConfig
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind
from scicot.words.runs import PredictionResult
from scicot.words.settings import Settings


@needs(Action.START_RUN)
def start_prediction(
    session: Session, settings: Settings, actor: Actor, config: PredictionConfig
) -> int:
    """Check that students and questions are there, queue a run and return its id."""
    trained, _ = load_trained(session, settings, config.run)
    if not list_questions(session, config.dataset, config.split, limit=1):
        raise InvalidInput(
            f"Dataset '{config.dataset}' has no {config.split} questions. Import them first."
        )
    return create_run(
        session,
        actor,
        kind=RunKind.PREDICT,
        name=f"run {config.run} ({trained.method}) answers {config.dataset} {config.split}",
        config=config.model_dump(mode="json"),
        dataset_id=find_dataset_id(session, config.dataset),
        method=trained.method,
    )


def run_prediction(context: RunContext) -> PredictionResult:
    """Answer every question of the split with the run's students and store the predictions."""
    config = context.run.prediction
    with context.session() as session:
        trained, stages = load_trained(session, context.settings, config.run)
        questions = list_questions(session, config.dataset, config.split, config.limit)
    watcher = RunWatcher(context, plan_of(trained).answers.passes * len(questions))
    answering = Answering(watcher, trained)
    predictions = answer_questions(answering, stages, questions)
    with context.session() as session:
        store_predictions(session, context.run.id, predictions)
    return {
        "metrics": measure(predictions, questions),
        "students_of_run": config.run,
        "inference": answering.inference,
    }
