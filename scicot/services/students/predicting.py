"""Let the students of a finished run answer another split or dataset, in a run of its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from scicot.pure.methods.registry import plan_of
from scicot.pure.predictions.metrics import Tally, tally
from scicot.pure.predictions.stripping import as_kinds
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import (
    find_dataset_id,
    first_split,
    get_questions,
    list_question_ids,
    list_questions,
)
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_run
from scicot.services.students.answering import Answering
from scicot.services.students.answers import Stages, answer_questions
from scicot.services.students.sharded import answer_in_shards
from scicot.services.students.shards import count_shards, plan_shards
from scicot.services.students.trained import await_trained, load_trained
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
    """Check that students and questions are there, queue a run and return its id.

    Without a split it is validation that is answered, and test where there is no other.
    """
    trained, _ = load_trained(session, settings, config.run)
    if "split" not in config.model_fields_set:
        config = config.model_copy(update={"split": first_split(session, config.dataset)})
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
    """Answer every question of the split with the run's students and store the predictions.

    More questions than a shard holds are answered in shards, which others may join.
    """
    config, run_id = context.run.prediction, context.run.id
    trained, stages = await_trained(RunWatcher(context, 0), config.run)
    with context.session() as session:
        ids = list_question_ids(session, config.dataset, config.split, config.limit)
        known = count_shards(session, run_id)
        if not known.shards and len(ids) > config.questions_per_shard:
            plan_shards(session, run_id, ids, config.questions_per_shard)
            known = count_shards(session, run_id)
    watcher = RunWatcher(context, plan_of(trained).answers.passes * (known.questions or len(ids)))
    answering = Answering(watcher, trained)
    answering.split = config.split
    if known.shards:
        counted, cuts = answer_in_shards(context, answering, stages)
    else:
        counted = _answer_in_one(context, answering, stages, ids)
        cuts = answering.cuts
    return {
        "metrics": counted.measures(),
        "students_of_run": config.run,
        "inference": answering.inference,
        "stripped": {"kinds": as_kinds(cuts.kinds)},
        "shards": known.shards,
    }


def _answer_in_one(
    context: RunContext, answering: Answering, stages: Stages, ids: Sequence[int]
) -> Tally:
    asked = context.patiently(lambda session: get_questions(session, ids))
    predictions = answer_questions(answering, stages, [asked[question_id] for question_id in ids])
    context.patiently(lambda session: store_predictions(session, context.run.id, predictions))
    return tally(predictions, asked)
