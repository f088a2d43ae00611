"""Rationales from a teacher: started by a button or a command, carried out by the run's worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CompletionRow, RunCompletionRow
from db.session import write
from scicot.adapters.teacher.open import check_teacher
from scicot.pure.teacher.few_shot_prompts import own_answer_messages
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.pricing import is_free
from scicot.pure.teacher.prompts import teacher_messages
from scicot.services.questions.lookup import find_dataset_id, get_questions, list_questions
from scicot.services.rationales.own_answers import list_wrong
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_lone_run, get_run, list_runs
from scicot.services.teacher.carry_out import carry_out, result_of
from scicot.services.teacher.job import Ask, Compose, TeacherJob
from scicot.services.teacher.ledger.plan import CallSettings, reopen_calls
from scicot.services.teacher.prices import find_price
from scicot.services.teacher.prompts import Prompt, get_prompt
from scicot.services.teacher.rationales import StoredRationales
from scicot.services.teacher.totals import NOT_GOT
from scicot.words.asking_configs import GenerationConfig
from scicot.words.errors import InvalidConfig, RunNotInState, TeacherRefused
from scicot.words.people import Action, needs
from scicot.words.records import (
    ASKING,
    Actor,
    CompletionState,
    RunKind,
    StoredQuestion,
)
from scicot.words.settings import Settings
from scicot.words.teaching import Price, Teacher, TeacherKind


@needs(Action.ASK_TEACHER)
def start_generation(
    session: Session, settings: Settings, actor: Actor, config: GenerationConfig
) -> int:
    """Check everything that can be checked now, store the run and return its id.

    Raises NotFound, InvalidConfig, TeacherRefused (no key), and Conflict when a run with the same
    settings is under way.
    """
    teacher = parse_teacher(config.teacher)
    check_teacher(teacher, settings)
    dataset_id = find_dataset_id(session, config.dataset)
    prompt = get_prompt(session, config.prompt_id)
    config = config.model_copy(update={"prompt_id": prompt.id})
    config = pin_questions(session, config, prompt)
    check_calls(
        price=find_price(session, teacher.model),
        teacher=teacher,
        budget_usd=config.budget_usd,
        samples=config.samples,
        temperature=config.temperature,
    )
    if config.batch and teacher.kind is TeacherKind.STARTER:
        raise InvalidConfig("The starter teacher has no batch endpoint. Leave batch off.")
    if not choose_questions(session, config):
        raise InvalidConfig(
            f"'{config.dataset}' has no questions in its {config.split} split. Choose another."
        )
    return create_lone_run(
        session,
        actor,
        kind=RunKind.GENERATE,
        name=f"{teacher.model} explains {config.dataset} {config.split}",
        config=config.model_dump(mode="json"),
        dataset_id=dataset_id,
    )


def pin_questions(session: Session, config: GenerationConfig, prompt: Prompt) -> GenerationConfig:
    """Return the config with the questions that a named run's teacher got wrong by itself.

    Without such a run it stays as it is. Raises InvalidConfig where nothing is left to ask.
    """
    if config.only_wrong_of is None:
        return config
    if prompt.parts.is_key_free:
        raise InvalidConfig(
            f"Prompt {prompt.id} does not tell the answer, and what the teacher got wrong without "
            "it is asked for with it. Choose a prompt with {answer}."
        )
    get_run(session, config.only_wrong_of)
    wrong = list_wrong(session, config.only_wrong_of)[: config.limit]
    if not wrong:
        raise InvalidConfig(
            f"The teacher of run {config.only_wrong_of} got every question right by itself. "
            "Nothing is left to ask."
        )
    return config.model_copy(update={"question_ids": tuple(wrong), "limit": None})


@needs(Action.ASK_TEACHER)
def retry_calls(
    session: Session,
    settings: Settings,
    actor: Actor,
    run_id: int,
    states: Sequence[CompletionState],
    *,
    max_tokens: int | None = None,
) -> int:
    """Ask again for the run's completions in these states, in a run of their own.

    Retrying what is `maybe_paid` or `invalid` may cost a second time; the person decided so.
    With `max_tokens` these calls alone may write longer; what is stored is not bought again.
    """
    run = get_run(session, run_id)
    kept = [state.value for state in states if state not in NOT_GOT]
    if kept:
        raise InvalidConfig(
            f"What is {', '.join(kept)} needs no retry. Retry failed, invalid, refused or "
            "maybe_paid ones."
        )
    if run.kind is not RunKind.GENERATE:
        raise RunNotInState(f"Run {run_id} asked no teacher for rationales. Choose one that did.")
    config = run.generation
    check_teacher(parse_teacher(config.teacher), settings)
    ids = session.scalars(
        select(CompletionRow.question_id)
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(RunCompletionRow.run_id == run_id, CompletionRow.state.in_(states))
        .distinct()
    ).all()
    if not ids:
        raise RunNotInState(f"Run {run_id} has nothing left to retry.")
    values = {**config.model_dump(), "question_ids": tuple(ids), "limit": None}
    again = GenerationConfig.checked(**values | ({"max_tokens": max_tokens} if max_tokens else {}))
    if again.max_tokens == config.max_tokens:  # under another limit they are calls of their own
        with write(session):
            reopen_calls(session, run_id, states)
    return start_generation(session, settings, actor, again)


def teacher_problem(settings: Settings, name: str) -> str | None:
    """Return why this teacher cannot be asked now, None when it can."""
    try:
        check_teacher(parse_teacher(name), settings)
    except (InvalidConfig, TeacherRefused) as problem:
        return str(problem)
    return None


def last_teacher(session: Session) -> Teacher | None:
    """Return the teacher that was asked last, whatever for; None where none was."""
    runs = list_runs(session, kinds=ASKING, limit=1)
    try:
        return parse_teacher(str(runs[0].config["teacher"])) if runs else None
    except (InvalidConfig, KeyError):  # a run that somebody else's program described
        return None


def check_calls(
    *,
    price: Price | None,
    teacher: Teacher,
    budget_usd: float | None,
    samples: int,
    temperature: float,
) -> None:
    """Raise InvalidConfig for a budget that cannot be kept or samples that would be alike."""
    if budget_usd is not None and price is None:
        raise InvalidConfig(
            f"'{teacher.model}' has no known price, so a budget cannot be kept. Enter its price "
            "on the Generate page, or leave the budget out."
        )
    if samples > 1 and temperature == 0:
        raise InvalidConfig(
            f"{samples} samples at temperature 0 would be the same text. Set a temperature above "
            "0, or ask for one sample."
        )


def choose_questions(session: Session, config: GenerationConfig) -> Sequence[StoredQuestion]:
    """Return the questions that the config names: given ones, or the first of the split.

    Raises InvalidConfig for blind ones.
    """
    if config.question_ids is not None:
        chosen: Sequence[StoredQuestion] = list(
            get_questions(session, config.question_ids).values()
        )
    else:
        chosen = list_questions(session, config.dataset, config.split, config.limit)
    if not all(question.is_labelled for question in chosen):
        raise InvalidConfig(
            f"The {config.split} split of '{config.dataset}' holds questions without an answer "
            "key, and a rationale is asked for with the key. Choose a labelled split."
        )
    return chosen


def generation_asks(config: GenerationConfig, prompt: Prompt) -> list[Ask]:
    """Return what each question is asked for: a rationale, and an answer alone if wanted."""
    teacher = parse_teacher(config.teacher)
    rationale = Ask(
        call_settings=_call_settings(teacher, config.temperature, config.max_tokens, prompt.id),
        compose=lambda question: teacher_messages(prompt.parts, question),
        samples=config.samples,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
    )
    own = answer_ask(teacher, own_answer_messages, config.max_tokens)
    return [rationale, own] if config.own_answer else [rationale]


def answer_ask(teacher: Teacher, compose: Compose, max_tokens: int) -> Ask:
    """Return the ask for an answer without the key: one sample, the likeliest."""
    return Ask(_call_settings(teacher, 0.0, max_tokens, None), compose, 1, 0.0, max_tokens)


def _call_settings(
    teacher: Teacher, temperature: float, max_tokens: int, prompt_id: int | None
) -> CallSettings:
    """Return what makes two calls of the same question the same call."""
    return CallSettings(teacher.model, teacher.base_url, temperature, max_tokens, prompt_id)


def run_generation(context: RunContext) -> Mapping[str, Any]:
    """Ask for every rationale that is missing and return the counts; the worker's part."""
    config = context.run.generation
    teacher = parse_teacher(config.teacher)
    with context.session() as session:
        prompt = get_prompt(session, config.prompt_id)
        questions = choose_questions(session, config)
        price = find_price(session, teacher.model)
    stored = StoredRationales(context, teacher.model)
    stored.recheck_last()
    carry_out(
        context,
        TeacherJob(
            teacher=teacher,
            asks=generation_asks(config, prompt),
            concurrency=config.concurrency,
            budget_usd=config.budget_usd,
            rebuy=config.maybe_paid == "rebuy"
            or is_free(price),  # what is free is simply asked again
            price=price,
            batch=config.batch,
            requests_per_minute=config.requests_per_minute,
            tokens_per_minute=config.tokens_per_minute,
            # a trial's texts stay in the ledger; a real run of the same prompt adopts them
            take_text=None if config.trial else stored.add,
            look_at_new=stored.flag,
        ),
        questions,
    )
    return result_of(context)
