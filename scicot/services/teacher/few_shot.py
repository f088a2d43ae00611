"""A large model answering by itself from k examples, through the same ledger (Table I's rows)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import (
    QuestionRow,
    RationaleRow,
    RevisionRow,
)
from scicot.adapters.teacher.open import check_teacher
from scicot.pure.hashing import content_hash
from scicot.pure.methods.few_shot import METHOD
from scicot.pure.predictions.metrics import score_outcomes
from scicot.pure.predictions.places import count_places
from scicot.pure.predictions.votes import said_reasons
from scicot.pure.teacher.few_shot_prompts import Shot, few_shot_messages
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.pricing import is_free
from scicot.services.predictions.store import (
    list_no_answer_reasons,
    list_outcomes,
    list_predictions,
)
from scicot.services.questions.lookup import (
    find_dataset_id,
    first_split,
    get_questions,
    list_questions,
)
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import NewRun, create_lone_run
from scicot.services.teacher.answers import READ, find_unread, store_answers
from scicot.services.teacher.carry_out import carry_out, result_of
from scicot.services.teacher.generation import answer_ask, check_calls
from scicot.services.teacher.job import Ask, Compose, TeacherJob
from scicot.services.teacher.prices import find_price
from scicot.services.teacher.second_call import left_unread, second_job
from scicot.words.asking_configs import FewShotConfig
from scicot.words.errors import InvalidConfig
from scicot.words.people import Action, needs
from scicot.words.records import (
    APPROVED,
    Actor,
    RunKind,
    Split,
    StoredQuestion,
)
from scicot.words.settings import Settings
from scicot.words.teaching import Message


@needs(Action.ASK_TEACHER)
def start_few_shot(
    session: Session, settings: Settings, actor: Actor, config: FewShotConfig
) -> int:
    """Check everything that can be checked now, store the run and return its id.

    Raises NotFound, InvalidConfig, TeacherRefused (no key) and Conflict (under way already).
    """
    config = choose_split(session, config)
    check_few_shot(session, settings, config)
    return create_lone_run(session, actor, **new_few_shot_run(session, config))


def choose_split(session: Session, config: FewShotConfig) -> FewShotConfig:
    """Return the settings with the split that is answered: as for students, validation first.

    Where none was asked for and the dataset has no validation split, that is the test split.
    """
    if "split" in config.model_fields_set:
        return config
    return config.model_copy(update={"split": first_split(session, config.dataset)})


def check_few_shot(session: Session, settings: Settings, config: FewShotConfig) -> None:
    """Raise what starting a run of these settings would raise, before anything is stored."""
    teacher = parse_teacher(config.teacher)
    check_teacher(teacher, settings)
    find_dataset_id(session, config.dataset)
    check_calls(
        price=find_price(session, teacher.model),
        teacher=teacher,
        budget_usd=config.budget_usd,
        samples=config.samples,
        temperature=config.temperature,
    )
    if not list_questions(session, config.dataset, config.split, limit=1):
        raise InvalidConfig(
            f"'{config.dataset}' has no questions in its {config.split} split. Choose another."
        )
    choose_examples(session, config)


def new_few_shot_run(
    session: Session, config: FewShotConfig, *, experiment_id: int | None = None
) -> NewRun:
    """Return what a run of these settings is stored with, its examples pinned."""
    config = config.model_copy(update={"examples": choose_examples(session, config)})
    model = parse_teacher(config.teacher).model
    thinking = "with" if config.chain_of_thought else "without"
    votes = f", majority of {config.samples}" * (config.samples > 1)
    return NewRun(
        kind=RunKind.FEW_SHOT,
        name=f"{model} answers {config.dataset} {config.split}, k = {config.shots}, "
        f"{thinking} chain of thought{votes}",
        config=config.model_dump(mode="json"),
        dataset_id=find_dataset_id(session, config.dataset),
        method=METHOD.name,
        experiment_id=experiment_id,
    )


def choose_examples(session: Session, config: FewShotConfig) -> tuple[tuple[int, int | None], ...]:
    """Return (question id, revision id) of k training questions, the same ones for a seed.

    With chain of thought each has an approved rationale; raises InvalidConfig when too few have.
    """
    if config.shots == 0:
        return ()
    dataset_id = find_dataset_id(session, config.dataset)
    in_training = (QuestionRow.dataset_id == dataset_id, QuestionRow.split == Split.TRAIN)
    candidates: dict[int, int | None]
    if config.chain_of_thought:
        explained = session.execute(
            select(RationaleRow.question_id, RationaleRow.revision_id)
            .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
            .where(*in_training, RationaleRow.status.in_(APPROVED))
            .order_by(RationaleRow.id.desc())
        )
        candidates = dict(list(explained))
    else:
        candidates = dict.fromkeys(session.scalars(select(QuestionRow.id).where(*in_training)))
    if len(candidates) < config.shots:
        explained_too = " with an approved rationale" * config.chain_of_thought
        raise InvalidConfig(
            f"{config.shots} examples need as many training questions of "
            f"'{config.dataset}'{explained_too}; there are {len(candidates)}. Review some, set "
            "shots lower, or set chain_of_thought=false."
        )
    questions = get_questions(session, candidates)
    order = sorted(
        questions.items(), key=lambda item: content_hash([config.seed, item[1].external_id])
    )
    return tuple((key, candidates[key]) for key, _ in order[: config.shots])


def read_shots(session: Session, config: FewShotConfig) -> list[Shot]:
    """Return the pinned examples with their texts."""
    examples = config.examples or ()
    questions = get_questions(session, [question_id for question_id, _ in examples])
    revisions = [revision_id for _, revision_id in examples if revision_id is not None]
    texts = dict(
        list(
            session.execute(
                select(RevisionRow.id, RevisionRow.text).where(RevisionRow.id.in_(revisions))
            )
        )
    )
    return [
        Shot(questions[question_id], texts[revision_id] if revision_id is not None else None)
        for question_id, revision_id in examples
    ]


def few_shot_ask(config: FewShotConfig, shots: Sequence[Shot]) -> Ask:
    """Return what each question is asked for."""
    ask = answer_ask(parse_teacher(config.teacher), composer(config, shots), config.max_tokens)
    return replace(
        ask,
        call_settings=replace(ask.call_settings, temperature=config.temperature),
        samples=config.samples,
        temperature=config.temperature,
    )


def composer(config: FewShotConfig, shots: Sequence[Shot]) -> Compose:
    """Return the function that makes a question's chat; a question is never its own example."""

    def compose(question: StoredQuestion) -> list[Message]:
        others = [shot for shot in shots if shot.question.id != question.id]
        return few_shot_messages(question, others, chain_of_thought=config.chain_of_thought)

    return compose


def run_few_shot(context: RunContext) -> Mapping[str, Any]:
    """Ask for every answer that is missing, read them into predictions; the worker's part."""
    config = context.run.few_shot
    teacher = parse_teacher(config.teacher)
    with context.session() as session:
        shots = read_shots(session, config)
        questions = list_questions(session, config.dataset, config.split, config.limit)
        price = find_price(session, teacher.model)
    job = TeacherJob(
        teacher=teacher,
        asks=(few_shot_ask(config, shots),),
        concurrency=config.concurrency,
        budget_usd=config.budget_usd,
        rebuy=config.maybe_paid == "rebuy" or is_free(price),
        price=price,
        useful=READ,
    )
    try:
        carry_out(context, job, questions)
        if config.second_call:
            _ask_once_more(context, job, questions)
    finally:  # a run that is stopped keeps what it has
        with context.session() as session:
            store_answers(session, context.run.id, job, questions)
    return dict(result_of(context)) | {"metrics": _measure(context, questions), "stages": {}}


def _ask_once_more(
    context: RunContext, job: TeacherJob, questions: Sequence[StoredQuestion]
) -> None:
    with context.session() as session:
        unread = find_unread(session, context.run.id, job, questions)
    if unread:
        carry_out(context, second_job(job, unread), left_unread(questions, unread))


def _measure(context: RunContext, questions: Sequence[StoredQuestion]) -> dict[str, Any]:
    """Return what the answers amount to, beside what one place always would give."""
    keys = {question.id: question.answer_key for question in questions}
    with context.session() as session:
        score = score_outcomes(list_outcomes(session, context.run.id).values())
        reasons = list_no_answer_reasons(session, context.run.id)
        labels = {one.question_id: one.label for one in list_predictions(session, context.run.id)}
    asked = [(label, keys[key], 1) for key, label in labels.items() if keys[key]]
    standing = count_places(asked).standing
    return {
        "accuracy": score.accuracy,
        "same_place": standing.same_place,
        "most_answered_place": standing.place,
        "most_answered_share": standing.share,
        "correct": score.correct,
        "no_answer": score.no_answer,
        "questions": score.n,
    } | said_reasons(reasons)
