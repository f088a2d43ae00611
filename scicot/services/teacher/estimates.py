"""What a teacher run will cost, before it starts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db.models import CompletionRow, RunRow
from scicot.pure.teacher.pricing import Estimate, add_estimates, estimate_cost
from scicot.pure.teacher.prompts import messages_hash
from scicot.services.questions.lookup import list_questions
from scicot.services.teacher.few_shot import choose_examples, few_shot_ask, read_shots
from scicot.services.teacher.generation import choose_questions, generation_asks, pin_questions
from scicot.services.teacher.job import Ask
from scicot.services.teacher.ledger.plan import find_answered
from scicot.services.teacher.lessons import choose_asked, find_prompt, lesson_ask
from scicot.services.teacher.prices import find_price
from scicot.services.teacher.prompts import get_prompt
from scicot.words.asking_configs import FewShotConfig, GenerationConfig, LessonConfig
from scicot.words.records import CompletionState, RunKind, StoredQuestion

LOOK_BACK = 2000  # completions: what a teacher wrote lately says how long it will write
OWN_ANSWER_TOKENS = (8.0, 40.0)  # "The answer is (B) one week."
LETTER_ALONE = (1.0, 8.0)
_EXPLAINING = CompletionRow.prompt_id.is_not(None)
_ALONE = and_(CompletionRow.prompt_id.is_(None), RunRow.kind == RunKind.GENERATE)
_LESSON = RunRow.kind == RunKind.LESSON
_AFTER_EXAMPLES = RunRow.kind == RunKind.FEW_SHOT
ASKED_AGAIN = (CompletionState.PENDING, CompletionState.FAILED)


def estimate_teacher_run(session: Session, config: GenerationConfig | LessonConfig) -> Estimate:
    """Return how many calls such a run needs that are not in the ledger yet, and their cost."""
    if isinstance(config, LessonConfig):
        return estimate_lesson(session, config)
    return estimate_generation(session, config)


def estimate_generation(session: Session, config: GenerationConfig) -> Estimate:
    """Return how many calls the config needs that are not in the ledger yet, and their cost."""
    prompt = get_prompt(session, config.prompt_id)
    questions = choose_questions(session, pin_questions(session, config, prompt))
    rationale, *own = generation_asks(config, prompt)
    estimate = estimate_ask(session, rationale, questions, _EXPLAINING)
    for ask in own:
        estimate = add_estimates(
            estimate, estimate_ask(session, ask, questions, _ALONE, expected=OWN_ANSWER_TOKENS)
        )
    return estimate


def estimate_lesson(session: Session, config: LessonConfig) -> Estimate:
    """Return the same for what one method learns beside rationales."""
    is_letter = config.kind == "option_shares"
    return estimate_ask(
        session,
        lesson_ask(config, find_prompt(session, config)),
        choose_asked(session, config),
        _LESSON if is_letter else _EXPLAINING,
        expected=LETTER_ALONE if is_letter else None,
    )


def estimate_few_shot(session: Session, config: FewShotConfig) -> Estimate:
    """Return the same for a model that answers by itself, with the examples it would read."""
    pinned = config.model_copy(update={"examples": choose_examples(session, config)})
    return estimate_ask(
        session,
        few_shot_ask(pinned, read_shots(session, pinned)),
        list_questions(session, config.dataset, config.split, config.limit),
        _AFTER_EXAMPLES,
    )


def estimate_ask(
    session: Session,
    ask: Ask,
    questions: Sequence[StoredQuestion],
    alike: ColumnElement[bool],
    *,
    expected: tuple[float, float] | None = None,
) -> Estimate:
    """Return the calls that are not in the ledger yet, and what they would cost.

    `alike` are the completions that tell how long a reply will be; where there are none,
    `expected` says it (tokens).
    """
    settings = ask.call_settings
    rows = session.execute(
        select(CompletionRow.question_id, CompletionRow.prompt_hash, CompletionRow.sample).where(
            CompletionRow.model == settings.model,
            CompletionRow.parameters_hash == settings.parameters_hash,
            CompletionRow.state.not_in(ASKED_AGAIN),
        )
    )
    asked = {(row.question_id, row.prompt_hash, row.sample) for row in rows}
    asked |= find_answered(
        session, settings, [question.id for question in questions if question.id]
    ).keys()
    shared = {(digest, sample) for _, digest, sample in asked}  # the same text under another id
    lengths = []
    already = 0
    for question in questions:
        for messages in ask.chats_of(question):
            digest = messages_hash(messages)
            for sample in range(ask.samples):
                if (question.id, digest, sample) in asked or (digest, sample) in shared:
                    already += 1
                else:
                    shared.add((digest, sample))
                    lengths.append(sum(len(message["content"]) for message in messages))
    return estimate_cost(
        price=find_price(session, settings.model),
        prompt_characters=lengths,
        already_stored=already,
        tokens_per_character=_tokens_per_character(session, settings.model),
        output_quartiles=_output_quartiles(session, settings.model, alike),
        expected_output=expected,
        max_tokens=ask.max_tokens,
    )


def _tokens_per_character(session: Session, model: str) -> float | None:
    tokens, characters = session.execute(
        select(
            func.sum(CompletionRow.prompt_tokens), func.sum(CompletionRow.prompt_characters)
        ).where(
            CompletionRow.model == model,
            CompletionRow.prompt_tokens.is_not(None),
            CompletionRow.prompt_characters > 0,
        )
    ).one()
    return tokens / characters if tokens and characters else None


def _output_quartiles(
    session: Session, model: str, alike: ColumnElement[bool]
) -> tuple[float, float] | None:
    """Return the middle half of the lengths of what this model was asked for before, alike."""
    lengths: Sequence[int | None] = session.scalars(
        select(CompletionRow.completion_tokens)
        .join(RunRow, RunRow.id == CompletionRow.run_id)
        .where(CompletionRow.model == model, CompletionRow.completion_tokens.is_not(None), alike)
        .order_by(CompletionRow.id.desc())
        .limit(LOOK_BACK)
    ).all()
    ordered = sorted(length for length in lengths if length is not None)
    if not ordered:
        return None
    return (float(ordered[len(ordered) // 4]), float(ordered[(len(ordered) * 3) // 4]))
