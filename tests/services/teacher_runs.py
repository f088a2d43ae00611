"""Carrying out a teacher run in the test's own process, and reading what it left."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RationaleRow, RevisionRow
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.teacher.generation import run_generation, start_generation
from scicot.services.teacher.prices import set_price
from scicot.words.asking_configs import GenerationConfig
from scicot.words.records import Actor, RunKind
from scicot.words.runs import RunView
from scicot.words.settings import get_settings
from tests.fake_teacher import FakeTeacher

ADA = Actor("Ada")


def config_for(teacher: FakeTeacher, **values: Any) -> GenerationConfig:
    return GenerationConfig.checked(
        **{"dataset": "demo", "teacher": f"{teacher.url}#fake", "concurrency": 4, **values}
    )


def generate(session: Session, config: GenerationConfig) -> RunView:
    """Start a run and carry it out here and now."""
    return carry_on(session, start_generation(session, get_settings(), ADA, config))


def carry_on(session: Session, run_id: int) -> RunView:
    def handler(context: RunContext) -> Any:
        return run_generation(context)

    run_worker(run_id, get_settings(), {RunKind.GENERATE: handler})
    session.rollback()  # a read begun earlier would go on seeing the database of then
    return get_run(session, run_id)


def resume(session: Session, run_id: int) -> RunView:
    resume_run(session, ADA, run_id)
    return carry_on(session, run_id)


def states(session: Session) -> Counter[str]:
    session.rollback()
    return Counter(session.scalars(select(CompletionRow.state)))


def outcomes(session: Session) -> Counter[str | None]:
    session.rollback()
    return Counter(session.scalars(select(AttemptRow.outcome)))


def rationales(session: Session) -> list[tuple[int, int, str]]:
    """Return (question id, sample, text) of every rationale."""
    session.rollback()
    rows = session.execute(
        select(RationaleRow.question_id, RationaleRow.sample, RevisionRow.text)
        .join(RevisionRow, RevisionRow.id == RationaleRow.revision_id)
        .order_by(RationaleRow.question_id, RationaleRow.sample)
    )
    return [(question_id, sample, text) for question_id, sample, text in rows]


def give_price(session: Session, input_usd: float = 1.0, output_usd: float = 10.0) -> None:
    set_price(
        session,
        ADA,
        "fake",
        input_usd=input_usd,
        output_usd=output_usd,
        as_of=date(2026, 11, 24),
    )
