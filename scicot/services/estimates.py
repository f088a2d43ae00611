"""What a teacher run will cost, before it starts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import CompletionRow
from scicot.pure.pricing import Estimate, estimate_cost
from scicot.pure.teacher_prompts import messages_hash, teacher_messages
from scicot.pure.teachers import parse_teacher
from scicot.services.generation import call_settings, choose_questions
from scicot.services.prices import find_price
from scicot.services.prompts import get_prompt
from scicot.words.configs import GenerationConfig
from scicot.words.records import CompletionState

LOOK_BACK = 2000  # completions: what a teacher wrote lately says how long it will write
ASKED_AGAIN = (CompletionState.PENDING, CompletionState.FAILED)


def estimate_generation(session: Session, config: GenerationConfig) -> Estimate:
    """Return how many calls the config needs that are not in the ledger yet, and their cost."""
    teacher = parse_teacher(config.teacher)
    prompt = get_prompt(session, config.prompt_id)
    settings = call_settings(config, prompt)
    asked = {
        (row.question_id, row.prompt_hash, row.sample)
        for row in session.execute(
            select(
                CompletionRow.question_id, CompletionRow.prompt_hash, CompletionRow.sample
            ).where(
                CompletionRow.model == settings.model,
                CompletionRow.parameters_hash == settings.parameters_hash,
                CompletionRow.state.not_in(ASKED_AGAIN),
            )
        )
    }
    lengths = []
    already = 0
    for question in choose_questions(session, config):
        messages = teacher_messages(prompt.parts, question)
        digest = messages_hash(messages)
        for sample in range(config.samples):
            if (question.id, digest, sample) in asked:
                already += 1
            else:
                lengths.append(sum(len(message["content"]) for message in messages))
    return estimate_cost(
        price=find_price(session, teacher.model),
        prompt_characters=lengths,
        already_stored=already,
        tokens_per_character=_tokens_per_character(session, teacher.model),
        output_quartiles=_output_quartiles(session, teacher.model),
        max_tokens=config.max_tokens,
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
