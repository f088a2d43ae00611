"""Several teachers, or several prompts, on the same questions: flags, accept rate, length, cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import CompletionRow, PromptRow, QuestionRow, RationaleRow
from scicot.pure.checks import find_flags
from scicot.services.questions.lookup import find_dataset_id, get_questions
from scicot.words.records import (
    APPROVED,
    DECIDED,
    HAS_TEXT,
    CompletionState,
    Flag,
    RationaleStatus,
    StoredQuestion,
)

MOST_QUESTIONS = 200  # that are looked at: enough to tell, and done in a second


@dataclass(frozen=True, slots=True)
class TeacherSource:
    """A teacher with one version of a prompt, and how many texts of it there are."""

    model: str
    prompt_id: int
    prompt: str
    texts: int

    @property
    def title(self) -> str:
        """Teacher and prompt as people say them."""
        return f"{self.model} with {self.prompt}"


@dataclass(frozen=True, slots=True)
class SourceMeasures:
    """What a source's texts on the common questions amount to.

    Shares are fractions; None where nothing was decided or nothing is known.
    """

    source: TeacherSource
    flagged: float
    truncated: float
    accepted: float | None
    decided: int
    words: float
    usd: float | None


@dataclass(frozen=True, slots=True)
class SourceText:
    """One source's text for one question, with what the checks find in it."""

    source: TeacherSource
    text: str
    flags: Sequence[Flag]


@dataclass(frozen=True, slots=True)
class SourceComparison:
    """The measures of several sources on the questions that all of them answered."""

    common: int
    measures: Sequence[SourceMeasures]
    questions: Sequence[StoredQuestion]


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    state: CompletionState
    cost_usd: float | None
    status: RationaleStatus | None


def list_sources(session: Session, dataset: str) -> list[TeacherSource]:
    """Return every teacher and prompt version that has texts for the dataset's questions."""
    rows = session.execute(
        select(
            CompletionRow.model,
            PromptRow.id,
            PromptRow.name,
            PromptRow.version,
            func.count(func.distinct(CompletionRow.question_id)),
        )
        .join(PromptRow, PromptRow.id == CompletionRow.prompt_id)
        .join(QuestionRow, QuestionRow.id == CompletionRow.question_id)
        .where(
            QuestionRow.dataset_id == find_dataset_id(session, dataset),
            CompletionRow.state.in_(HAS_TEXT),
            PromptRow.is_note.is_(False),
        )
        .group_by(CompletionRow.model, PromptRow.id)
        .order_by(CompletionRow.model, PromptRow.id)
    )
    return [
        TeacherSource(model, prompt_id, f"{name} v{version}", texts)
        for model, prompt_id, name, version, texts in rows
    ]


def compare_sources(
    session: Session, dataset: str, sources: Sequence[TeacherSource]
) -> SourceComparison:
    """Return the sources measured on the questions that they share, at most 200 of them."""
    dataset_id = find_dataset_id(session, dataset)
    texts = [_read_texts(session, dataset_id, source) for source in sources]
    common = sorted(set.intersection(*(set(text) for text in texts))) if texts else []
    questions = get_questions(session, common[:MOST_QUESTIONS])
    measures = [
        _measure(source, {key: of[key] for key in questions}, questions)
        for source, of in zip(sources, texts, strict=True)
        if questions
    ]
    return SourceComparison(len(common), measures, list(questions.values()))


def read_side_by_side(
    session: Session, question: StoredQuestion, sources: Sequence[TeacherSource]
) -> list[SourceText]:
    """Return each source's text for the question, where it has one."""
    texts = []
    for source in sources:
        text = session.scalar(
            select(CompletionRow.text)
            .where(
                CompletionRow.question_id == question.id,
                CompletionRow.model == source.model,
                CompletionRow.prompt_id == source.prompt_id,
                CompletionRow.state.in_(HAS_TEXT),
            )
            .order_by(CompletionRow.sample, CompletionRow.id.desc())
            .limit(1)
        )
        if text:
            texts.append(SourceText(source, text, find_flags(text, question)))
    return texts


def _read_texts(session: Session, dataset_id: int, source: TeacherSource) -> dict[int, _Text]:
    """Return the source's first sample by question id."""
    rows = session.execute(
        select(
            CompletionRow.question_id,
            CompletionRow.text,
            CompletionRow.state,
            CompletionRow.cost_usd,
            RationaleRow.status,
        )
        .join(QuestionRow, QuestionRow.id == CompletionRow.question_id)
        .join(RationaleRow, RationaleRow.completion_id == CompletionRow.id, isouter=True)
        .where(
            QuestionRow.dataset_id == dataset_id,
            CompletionRow.model == source.model,
            CompletionRow.prompt_id == source.prompt_id,
            CompletionRow.state.in_(HAS_TEXT),
        )
        .order_by(CompletionRow.sample.desc(), CompletionRow.id)
    )
    return {
        question_id: _Text(text or "", state, cost, status)
        for question_id, text, state, cost, status in rows
    }


def _measure(
    source: TeacherSource, texts: dict[int, _Text], questions: dict[int, StoredQuestion]
) -> SourceMeasures:
    n = len(texts)
    flagged = sum(bool(find_flags(text.text, questions[key])) for key, text in texts.items())
    decided = [text.status for text in texts.values() if text.status in DECIDED]
    costs = [text.cost_usd for text in texts.values() if text.cost_usd is not None]
    return SourceMeasures(
        source=source,
        flagged=flagged / n,
        truncated=sum(text.state is CompletionState.TRUNCATED for text in texts.values()) / n,
        accepted=sum(status in APPROVED for status in decided) / len(decided) if decided else None,
        decided=len(decided),
        words=sum(len(text.text.split()) for text in texts.values()) / n,
        usd=sum(costs) / n if len(costs) == n else None,
    )
