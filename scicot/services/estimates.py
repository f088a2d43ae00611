"""What a teacher run will cost, before it starts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import CompletionRow
from scicot.pure.pricing import Estimate, estimate_cost
from scicot.pure.teacher_prompts import messages_hash, teacher_messages
from scicot.services.few_shot import choose_examples, composer, few_shot_settings, read_shots
from scicot.services.generation import call_settings, choose_questions
from scicot.services.ledger_plan import CallSettings
from scicot.services.prices import find_price
from scicot.services.prompts import get_prompt
from scicot.services.questions import list_questions
from scicot.services.teacher_job import Compose
from scicot.words.configs import FewShotConfig, GenerationConfig
from scicot.words.records import CompletionState, Question

LOOK_BACK = 2000  # completions: what a teacher wrote lately says how long it will write
ASKED_AGAIN = (CompletionState.PENDING, CompletionState.FAILED)


def estimate_generation(session: Session, config: GenerationConfig) -> Estimate:
    """Return how many calls the config needs that are not in the ledger yet, and their cost."""
    prompt = get_prompt(session, config.prompt_id)
    return _estimate(
        session,
        call_settings(config, prompt),
        choose_questions(session, config),
        lambda question: teacher_messages(prompt.parts, question),
        samples=config.samples,
        max_tokens=config.max_tokens,
    )


def estimate_few_shot(session: Session, config: FewShotConfig) -> Estimate:
    """Return the same for a model that answers by itself, with the examples it would read."""
    pinned = config.model_copy(update={"examples": choose_examples(session, config)})
    return _estimate(
        session,
        few_shot_settings(pinned),
        list_questions(session, config.dataset, config.split, config.limit),
        composer(pinned, read_shots(session, pinned)),
        samples=1,
        max_tokens=config.max_tokens,
    )


def _estimate(
    session: Session,
    settings: CallSettings,
    questions: Sequence[Question],
    compose: Compose,
    *,
    samples: int,
    max_tokens: int,
) -> Estimate:
    rows = session.execute(
        select(CompletionRow.question_id, CompletionRow.prompt_hash, CompletionRow.sample).where(
            CompletionRow.model == settings.model,
            CompletionRow.parameters_hash == settings.parameters_hash,
            CompletionRow.state.not_in(ASKED_AGAIN),
        )
    )
    asked = {(row.question_id, row.prompt_hash, row.sample) for row in rows}
    lengths = []
    already = 0
    for question in questions:
        messages = compose(question)
        digest = messages_hash(messages)
        for sample in range(samples):
            if (question.id, digest, sample) in asked:
                already += 1
            else:
                lengths.append(sum(len(message["content"]) for message in messages))
    return estimate_cost(
        price=find_price(session, settings.model),
        prompt_characters=lengths,
        already_stored=already,
        tokens_per_character=_tokens_per_character(session, settings.model),
        output_quartiles=_output_quartiles(session, settings.model),
        max_tokens=max_tokens,
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


def _output_quartiles(session: Session, model: str) -> tuple[float, float] | None:
    lengths: Sequence[int | None] = session.scalars(
        select(CompletionRow.completion_tokens)
        .where(CompletionRow.model == model, CompletionRow.completion_tokens.is_not(None))
        .order_by(CompletionRow.id.desc())
        .limit(LOOK_BACK)
    ).all()
    ordered = sorted(length for length in lengths if length is not None)
    if not ordered:
        return None
    return (float(ordered[len(ordered) // 4]), float(ordered[(len(ordered) * 3) // 4]))
