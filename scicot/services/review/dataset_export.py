"""A dataset out as Hugging Face's: its questions with the approved rationales, and a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, PromptRow, QuestionRow, RationaleRow
from db.session import write
from scicot.adapters.dataset_folder import write_dataset_folder
from scicot.services.questions.lookup import find_dataset_id, list_questions
from scicot.services.review.figures import count_reasons
from scicot.services.review.items import load_items
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import APPROVED, Actor, RationaleStatus, Split, StoredQuestion
from scicot.words.reviewing import ReviewItem

TEXTS = (
    *("id", "question", "answerKey"),
    *("rationale", "original", "source", "origin", "status", "reviewer"),
)


@needs(Action.EXPORT)
def export_dataset(
    session: Session,
    actor: Actor,
    folder: Path,
    *,
    dataset: str,
    include: Sequence[RationaleStatus] = APPROVED,
) -> dict[str, int]:
    """Write every question with its best rationale of these statuses; return rows by split.

    `datasets.load_from_disk` opens the folder; its README.md says who wrote, who decided, by which
    prompts and at what cost. A question without such a rationale stands there without one.
    """
    rationales = _rationales(session, actor, dataset, include)
    splits = {
        split.value: [
            _row(question, rationales.get(question.id))
            for question in list_questions(session, dataset, split)
        ]
        for split in Split
    }
    filled = {name: rows for name, rows in splits.items() if rows}
    if not filled:
        raise InvalidInput(f"'{dataset}' has no questions to write. Import some first.")
    counts = {name: len(rows) for name, rows in filled.items()}
    write_dataset_folder(folder, filled, TEXTS, _card(session, dataset, counts, include))
    with write(session):
        pass  # nothing but who took it out
    return counts


def _rationales(
    session: Session, actor: Actor, dataset: str, include: Sequence[RationaleStatus]
) -> dict[int, ReviewItem]:
    """Return the least suspicious rationale of each question, by question id."""
    ids = session.scalars(
        select(RationaleRow.id)
        .where(
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
            RationaleRow.status.in_(include),
        )
        .order_by(RationaleRow.risk.desc(), RationaleRow.id.desc())
    ).all()
    # the last one of a question stands: the least suspicious
    return {item.question.id: item for item in load_items(session, actor, ids)}


def _row(question: StoredQuestion, item: ReviewItem | None) -> Mapping[str, Any]:
    row: dict[str, Any] = dict.fromkeys(TEXTS) | {
        "id": question.external_id,
        "question": question.stem,
        "choices": {
            "label": [choice.label for choice in question.choices],
            "text": [choice.text for choice in question.choices],
        },
        "answerKey": question.answer_key,
    }
    if item is not None:
        rationale = item.rationale
        row |= {
            "rationale": rationale.text,
            "original": rationale.original_text,
            "source": rationale.source,
            "origin": rationale.origin.value,
            "status": rationale.status.value,
            "reviewer": item.reviewer,
        }
    return row


def _card(
    session: Session, dataset: str, counts: Mapping[str, int], include: Sequence[RationaleStatus]
) -> str:
    dataset_id = find_dataset_id(session, dataset)
    statuses = session.execute(
        select(RationaleRow.status, func.count())
        .where(RationaleRow.dataset_id == dataset_id)
        .group_by(RationaleRow.status)
    ).all()
    reasons = [(reason, count) for reason, count in count_reasons(session, dataset) if count]
    sources = session.execute(
        select(RationaleRow.source, RationaleRow.origin, func.count())
        .where(RationaleRow.dataset_id == dataset_id)
        .group_by(RationaleRow.source, RationaleRow.origin)
        .order_by(RationaleRow.source)
    ).all()
    return "\n".join(
        [
            "---\ntask_categories: [multiple-choice, question-answering]\ntags: [sci-cot]\n---",
            f"# {dataset}",
            "Questions with explanations that people looked at, written by Sci-CoT. The questions "
            "keep the licence of where they come from; name it before you share this folder.",
            "## Rows",
            *(f"- {name}: {count:,} questions" for name, count in counts.items()),
            f"- rationales here: those {' or '.join(status.value for status in include)}",
            "## Who wrote the rationales",
            *(f"- {source} ({origin.value}): {count:,}" for source, origin, count in sources),
            _say_cost(session, dataset_id),
            "## What people decided",
            *(f"- {status.value}: {count:,}" for status, count in statuses),
            *(f"- rejected because “{reason}”: {count:,}" for reason, count in reasons),
            "## Prompts",
            *_prompts(session, dataset_id),
            "",
        ]
    )


def _say_cost(session: Session, dataset_id: int) -> str:
    calls, cost, unknown = session.execute(
        select(
            func.count(),
            func.sum(AttemptRow.cost_usd),
            func.count().filter(AttemptRow.cost_usd.is_(None)),
        )
        .select_from(AttemptRow)
        .join(CompletionRow, CompletionRow.id == AttemptRow.completion_id)
        .join(QuestionRow, QuestionRow.id == CompletionRow.question_id)
        .where(QuestionRow.dataset_id == dataset_id)
    ).one()
    if unknown:
        return f"- the teacher's {calls:,} calls: of {unknown:,} the cost is not known"
    return f"- the teacher's {calls:,} calls cost ${cost or 0:,.4f}"


def _prompts(session: Session, dataset_id: int) -> list[str]:
    used = (
        select(CompletionRow.prompt_id)
        .join(QuestionRow, QuestionRow.id == CompletionRow.question_id)
        .where(QuestionRow.dataset_id == dataset_id)
    )
    rows = session.scalars(select(PromptRow).where(PromptRow.id.in_(used)).order_by(PromptRow.id))
    return [
        f"### {row.name}, version {row.version}\n```\n{row.reference}\n\n{row.thinking}\n\n"
        f"{row.specificity}\n```"
        for row in rows
    ] or ["None: no teacher was asked here."]
