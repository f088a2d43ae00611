"""What a teacher said beside rationales, for the methods that learn it: found, pinned, read."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import LessonRow, QuestionRow
from scicot.pure.methods.registry import find_method
from scicot.pure.methods.tasks import OtherOption
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidConfig

WHAT = {
    "other_options": "rationales for other options",
    "option_shares": "probabilities of the options",
}


@dataclass(frozen=True, slots=True)
class Lessons:
    """Of each question what a teacher said: for another option, or each option's share."""

    others: dict[int, OtherOption] = field(default_factory=dict)
    shares: dict[int, dict[str, float]] = field(default_factory=dict)


def pin_lessons(session: Session, config: TrainingConfig) -> TrainingConfig:
    """Return the settings with the run whose lessons are learned, the newest where none is named.

    Raises InvalidConfig where there is none, or nothing of this dataset in the one named.
    """
    method = find_method(config.method)
    if method.lessons is None:
        return config
    kind, setting = method.lessons.kind, method.lessons.setting
    named = getattr(config, setting)
    newest = session.scalar(
        select(func.max(LessonRow.run_id))
        .join(QuestionRow, QuestionRow.id == LessonRow.question_id)
        .where(
            LessonRow.kind == kind,
            QuestionRow.dataset_id == find_dataset_id(session, config.dataset),
            *([LessonRow.run_id == named] if named is not None else []),
        )
    )
    if newest is None:
        where = f"Run {named} holds" if named is not None else "There are"
        raise InvalidConfig(
            f"{where} no {WHAT[kind]} of '{config.dataset}', which {method.title} learns. "
            f"Ask a teacher for them: generate --dataset {config.dataset} --for {kind}, or "
            "on the Generate page."
        )
    return config.model_copy(update={setting: newest})


def read_lessons(session: Session, config: TrainingConfig) -> Lessons:
    """Return what the method learns beside rationales; empty for most methods."""
    method = find_method(config.method)
    if method.lessons is None:
        return Lessons()
    run_id = getattr(pin_lessons(session, config), method.lessons.setting)
    rows = session.scalars(select(LessonRow).where(LessonRow.run_id == run_id))
    lessons = Lessons()
    for row in rows:
        if row.shares:
            lessons.shares[row.question_id] = row.shares
        elif row.label and row.text:
            lessons.others[row.question_id] = OtherOption(row.label, row.text)
    return lessons
