"""A large model answering by itself from k examples, through the same ledger (Table I's rows)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import (
    CompletionRow,
    QuestionRow,
    RationaleRow,
    RevisionRow,
    RunCompletionRow,
)
from scicot.adapters.teacher.open import check_teacher
from scicot.pure.hashing import content_hash
from scicot.pure.methods.few_shot import METHOD
from scicot.pure.predictions.metrics import score_outcomes
from scicot.pure.predictions.parsing import judge, read_answer, split_output
from scicot.pure.teacher.few_shot_prompts import Shot, few_shot_messages
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.pricing import is_free
from scicot.services.predictions.store import list_outcomes, store_predictions
from scicot.services.questions.lookup import find_dataset_id, get_questions, list_questions
from scicot.services.runs.runs import create_run
from scicot.services.runs.worker import RunContext
from scicot.services.teacher.carry_out import carry_out, result_of
from scicot.services.teacher.generation import answer_ask, check_calls, refuse_second
from scicot.services.teacher.job import Ask, Compose, TeacherJob
from scicot.services.teacher.prices import find_price
from scicot.words.configs import FewShotConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import (
    APPROVED,
    HAS_TEXT,
    Actor,
    CompletionState,
    Prediction,
    RunKind,
    Split,
    StoredQuestion,
)
from scicot.words.settings import Settings
from scicot.words.teaching import Message

READ = (*HAS_TEXT, CompletionState.REFUSED)  # a refusal is the model's answer: no_answer


def start_few_shot(
    session: Session,
    settings: Settings,
    actor: Actor,
    config: FewShotConfig,
    *,
    experiment_id: int | None = None,
) -> int:
    """Check everything that can be checked now, store the run and return its id.

    Raises NotFound, InvalidConfig, TeacherRefused (no key) and Conflict (under way already).
    """
    teacher = parse_teacher(config.teacher)
    check_teacher(teacher, settings)
    dataset_id = find_dataset_id(session, config.dataset)
    check_calls(
        price=find_price(session, teacher.model),
        teacher=teacher,
        budget_usd=config.budget_usd,
        samples=1,
        temperature=0,
    )
    if not list_questions(session, config.dataset, config.split, limit=1):
        raise InvalidConfig(
            f"'{config.dataset}' has no questions in its {config.split} split. Choose another."
        )
    config = config.model_copy(update={"examples": choose_examples(session, config)})
    values = config.model_dump(mode="json")
    refuse_second(session, RunKind.FEW_SHOT, values)
    thinking = "with" if config.chain_of_thought else "without"
    return create_run(
        session,
        actor,
        kind=RunKind.FEW_SHOT,
        name=f"{teacher.model} answers {config.dataset} {config.split}, k = {config.shots}, "
        f"{thinking} chain of thought",
        config=values,
        dataset_id=dataset_id,
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
    found = get_questions(session, candidates)
    order = sorted(found.items(), key=lambda one: content_hash([config.seed, one[1].external_id]))
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
    return answer_ask(parse_teacher(config.teacher), composer(config, shots), config.max_tokens)


def composer(config: FewShotConfig, shots: Sequence[Shot]) -> Compose:
    """Return the function that makes a question's chat; a question is never its own example."""

    def compose(question: StoredQuestion) -> list[Message]:
        others = [shot for shot in shots if shot.question.id != question.id]
        return few_shot_messages(question, others, chain_of_thought=config.chain_of_thought)

    return compose


def run_few_shot(context: RunContext) -> Mapping[str, Any]:
    """Ask for every answer that is missing, read them into predictions; the worker's part."""
    config = FewShotConfig.checked(**context.run.config)
    teacher = parse_teacher(config.teacher)
    with context.session() as session:
        shots = read_shots(session, config)
        questions = list_questions(session, config.dataset, config.split, config.limit)
        price = find_price(session, teacher.model)
    job = TeacherJob(
        teacher=teacher,
        asks=(few_shot_ask(config, shots),),
        store_text=_read_later,
        concurrency=config.concurrency,
        budget_usd=config.budget_usd,
        rebuy=config.maybe_paid == "rebuy" or is_free(price),
        price=price,
        useful=READ,
    )
    try:
        carry_out(context, job, questions)
    finally:  # a run that is stopped keeps what it has
        _store_answers(context, questions)
    return dict(result_of(context)) | {"metrics": _measure(context), "stages": {}}


def _read_later(session: Session, completion_id: int, text: str) -> None:
    """Leave the text in the ledger: answers are read once the calls are done."""


def _store_answers(context: RunContext, questions: Sequence[StoredQuestion]) -> None:
    by_id = {question.id: question for question in questions}
    with context.session() as session:
        rows = session.execute(
            select(CompletionRow.question_id, CompletionRow.text)
            .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
            .where(RunCompletionRow.run_id == context.run.id, CompletionRow.state.in_(READ))
        )
        predictions = [read_prediction(by_id[row.question_id], row.text or "") for row in rows]
        store_predictions(session, context.run.id, predictions)


def read_prediction(question: StoredQuestion, output: str) -> Prediction:
    """Return what the model's output amounts to: its explanation, its label or none."""
    label = read_answer(output, question)
    rationale, _ = split_output(output)
    return Prediction(
        question_id=question.id,
        rationale=rationale,
        output=output,
        label=label,
        outcome=judge(label, question),
    )


def _measure(context: RunContext) -> dict[str, Any]:
    with context.session() as session:
        score = score_outcomes(list_outcomes(session, context.run.id).values())
    return {
        "accuracy": score.accuracy,
        "correct": score.correct,
        "no_answer": score.no_answer,
        "questions": score.n,
    }
