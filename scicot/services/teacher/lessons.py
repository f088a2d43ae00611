"""Lessons: what a teacher is asked for that only one method learns, paid for once like the rest.

`other_options`: a rationale for another option than the key (SCOTT, 2305.01879); `option_shares`:
how likely each option is (2412.09807). A teacher that tells no probabilities is found out by the
first question alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import CompletionRow, LessonRow
from db.rows import insert_or_keep
from scicot.adapters.teacher.open import check_teacher
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.option_shares import (
    LETTER_TOKENS,
    TOP,
    has_probabilities,
    option_messages,
    read_option_shares,
)
from scicot.pure.teacher.other_options import as_if, other_option
from scicot.pure.teacher.pricing import is_free
from scicot.pure.teacher.prompts import teacher_messages
from scicot.services.questions.lookup import find_dataset_id, list_questions
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_lone_run
from scicot.services.teacher.carry_out import carry_out, result_of
from scicot.services.teacher.generation import check_calls
from scicot.services.teacher.job import Ask, TeacherJob
from scicot.services.teacher.ledger.plan import CallSettings
from scicot.services.teacher.prices import find_price
from scicot.services.teacher.prompts import Prompt, get_prompt
from scicot.words.asking_configs import LessonConfig
from scicot.words.errors import EmptyRun, InvalidConfig
from scicot.words.people import Action, needs
from scicot.words.records import Actor, CompletionState, RunKind, Split, StoredQuestion
from scicot.words.settings import Settings

ABOUT = {"other_options": "another option", "option_shares": "each option's share"}


@needs(Action.ASK_TEACHER)
def start_lesson(session: Session, settings: Settings, actor: Actor, config: LessonConfig) -> int:
    """Check everything that can be checked now, store the run and return its id.

    Raises NotFound, InvalidConfig, TeacherRefused (no key), and Conflict when it is under way.
    """
    teacher = parse_teacher(config.teacher)
    check_teacher(teacher, settings)
    dataset_id = find_dataset_id(session, config.dataset)
    prompt = find_prompt(session, config)
    config = config.model_copy(update={"prompt_id": prompt and prompt.id})
    check_calls(
        price=find_price(session, teacher.model),
        teacher=teacher,
        budget_usd=config.budget_usd,
        samples=1,
        temperature=0.0,
    )
    choose_asked(session, config)
    return create_lone_run(
        session,
        actor,
        kind=RunKind.LESSON,
        name=f"{teacher.model} tells of {config.dataset}: {ABOUT[config.kind]}",
        config=config.model_dump(mode="json"),
        dataset_id=dataset_id,
    )


def find_prompt(session: Session, config: LessonConfig) -> Prompt | None:
    """Return the prompt of a rationale for another option; None for what needs none.

    Raises InvalidConfig for one that does not tell which option to argue for.
    """
    if config.kind == "option_shares":
        return None
    prompt = get_prompt(session, config.prompt_id)
    if prompt.parts.is_key_free:
        raise InvalidConfig(
            f"Prompt {prompt.id} does not tell the answer, and a rationale for another option is "
            "asked for by naming that one. Choose a prompt with {answer}."
        )
    return prompt


def choose_asked(session: Session, config: LessonConfig) -> Sequence[StoredQuestion]:
    """Return the training questions that are asked about; InvalidConfig where there are none."""
    questions = list_questions(session, config.dataset, Split.TRAIN)
    asked = [question for question in questions if other_option(question) is not None]
    if not asked:
        raise InvalidConfig(
            f"'{config.dataset}' has no training question with options and a known key. Import "
            "some."
        )
    return asked[: config.limit]


def lesson_ask(config: LessonConfig, prompt: Prompt | None) -> Ask:
    """Return what each question is asked for; the phase keeps it apart from rationales."""
    teacher = parse_teacher(config.teacher)
    most = LETTER_TOKENS if config.kind == "option_shares" else config.max_tokens
    settings = CallSettings(teacher.model, teacher.base_url, 0.0, most, phase=config.kind)
    ask = Ask(settings, option_messages, 1, 0.0, most)
    if config.kind == "option_shares":
        return replace(ask, likeliest=TOP)
    assert prompt is not None
    return replace(
        ask,
        compose=lambda question: teacher_messages(
            prompt.parts, as_if(question, other_option(question) or "")
        ),
    )


def run_lesson(context: RunContext) -> Mapping[str, Any]:
    """Ask for every lesson that is missing; the worker's part."""
    config = LessonConfig.checked(**context.run.config)
    teacher = parse_teacher(config.teacher)
    with context.session() as session:
        questions = choose_asked(session, config)
        prompt = find_prompt(session, config)
        price = find_price(session, teacher.model)
    desk = _Desk(context.run.id, config, teacher.model, questions)
    job = TeacherJob(
        teacher=teacher,
        asks=(lesson_ask(config, prompt),),
        take_text=desk.store,
        concurrency=config.concurrency,
        budget_usd=config.budget_usd,
        rebuy=config.maybe_paid == "rebuy" or is_free(price),
        price=price,
    )
    if config.kind == "option_shares":
        _try_first(context, job, questions)
    carry_out(context, job, questions)
    with context.session() as session:
        lessons = count_lessons(session, context.run.id)
    result = dict(result_of(context)) | {"lessons": lessons, "unreadable": len(questions) - lessons}
    if not lessons:
        raise EmptyRun(
            f"No reply of {teacher.model} could be used: "
            + (
                "none names an option by its letter. Choose a larger teacher."
                if config.kind == "option_shares"
                else "all are cut off at the longest answer. Raise max_tokens."
            ),
            result=result,
        )
    return result


def _try_first(context: RunContext, job: TeacherJob, questions: Sequence[StoredQuestion]) -> None:
    """Ask about one question alone; raises EmptyRun where the teacher tells no probabilities."""
    said = "its reply came without any"
    try:
        carry_out(context, job, questions[:1])
    except EmptyRun as error:
        said = str(error).rstrip(".")
    with context.session() as session:
        bodies = session.scalars(
            select(CompletionRow.raw_body).where(
                CompletionRow.question_id == questions[0].id,
                CompletionRow.parameters_hash.in_(job.parameters),
                CompletionRow.model == job.teacher.model,
                CompletionRow.raw_body.is_not(None),
            )
        ).all()
    if not any(has_probabilities(body or "") for body in bodies):
        raise EmptyRun(
            f"{job.teacher.model} tells no probabilities of its words (logprobs), which soft "
            f"labels are made of: {said}. Nothing was kept, and the other questions were not "
            "asked. Choose a teacher whose server gives logprobs.",
            result=dict(result_of(context)) | {"lessons": 0},
        )


class _Desk:
    """Where replies become lessons, by question."""

    def __init__(
        self, run_id: int, config: LessonConfig, teacher: str, questions: Sequence[StoredQuestion]
    ) -> None:
        self._run_id = run_id
        self._kind = config.kind
        self._teacher = teacher
        self._questions = {question.id: question for question in questions}

    def store(self, session: Session, completion_id: int, text: str) -> None:
        """Store the lesson of one reply; one that is cut off, or names no option, is none."""
        row = session.execute(
            select(CompletionRow.question_id, CompletionRow.raw_body, CompletionRow.state).where(
                CompletionRow.id == completion_id
            )
        ).one()
        question = self._questions.get(row.question_id)
        if question is None:
            return
        lesson: dict[str, Any] = {"label": None, "text": None, "shares": None}
        if self._kind == "option_shares":
            lesson["shares"] = read_option_shares(row.raw_body or "", question.labels)
        elif row.state is CompletionState.STORED:
            lesson |= {"label": other_option(question), "text": text}
        if lesson["shares"] is None and lesson["text"] is None:
            return
        lesson |= {
            "run_id": self._run_id,
            "question_id": question.id,
            "completion_id": completion_id,
            "kind": self._kind,
            "teacher": self._teacher,
        }
        insert_or_keep(session, LessonRow, [lesson])


def count_lessons(session: Session, run_id: int) -> int:
    """Return of how many questions a run has a lesson."""
    return session.scalar(select(func.count()).where(LessonRow.run_id == run_id)) or 0
