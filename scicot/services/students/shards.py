"""The shards of a run that answers very many questions: rows that workers claim, each written once.

A shard whose worker has not been heard of for 25 s is claimed by another. Its answers are stored in
the transaction that says it is finished, by whoever has it then: nobody else's are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update
from sqlalchemy.orm import Session

from db.models import AnswerShardRow
from db.rows import changed_rows, chunks
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.predictions.store import add_predictions, flag_rationales
from scicot.services.runs.lost import CLOCKS_DIFFER, LOST_AFTER
from scicot.words.records import Prediction


@dataclass(frozen=True, slots=True)
class Shard:
    """Questions that one worker answers now, by their ids; `of` shards are the run's."""

    run: int
    number: int
    of: int
    question_ids: Sequence[int]
    worker: str


@dataclass(frozen=True, slots=True)
class Shards:
    """How a run's shards stand."""

    shards: int
    finished: int
    questions: int
    answered: int


def plan_shards(session: Session, run_id: int, question_ids: Sequence[int], size: int) -> None:
    """Store which questions belong together, `size` of them at most."""
    with write(session):
        session.add_all(
            AnswerShardRow(
                run_id=run_id,
                number=number,
                question_ids=list(some),
                questions=len(some),
                worker=None,
                heartbeat_at=None,
                finished_at=None,
            )
            for number, some in enumerate(chunks(question_ids, size), 1)
        )


def count_shards(session: Session, run_id: int) -> Shards:
    """Return how a run's shards stand; of a run without any, zeros."""
    is_finished = AnswerShardRow.finished_at.is_not(None)
    row = session.execute(
        select(
            func.count(),
            func.count(AnswerShardRow.finished_at),
            func.coalesce(func.sum(AnswerShardRow.questions), 0),
            func.coalesce(func.sum(AnswerShardRow.questions).filter(is_finished), 0),
        ).where(AnswerShardRow.run_id == run_id)
    ).one()
    session.commit()
    return Shards(*map(int, row))


def claim_shard(session: Session, run_id: int, worker: str) -> Shard | None:
    """Return the first shard that nobody works on, now this worker's; None where there is none."""
    while (number := _first_free(session, run_id)) is not None:
        now = utc_now()
        with write(session):
            claimed = session.execute(
                update(AnswerShardRow)
                .where(AnswerShardRow.number == number, _is_free(run_id))
                .values(worker=worker, heartbeat_at=now)
            )
        if changed_rows(claimed):
            row = session.get_one(AnswerShardRow, (run_id, number))
            of = session.scalar(select(func.count()).where(AnswerShardRow.run_id == run_id))
            shard = Shard(run_id, number, of or 0, tuple(row.question_ids), worker)
            session.commit()
            return shard
    return None


def _first_free(session: Session, run_id: int) -> int | None:
    number = session.scalar(select(func.min(AnswerShardRow.number)).where(_is_free(run_id)))
    session.commit()
    return number


def _is_free(run_id: int) -> ColumnElement[bool]:
    now = utc_now()
    # one last heard of in a time to come was heard by a clock that was put back
    speaks = AnswerShardRow.heartbeat_at.between(now - LOST_AFTER, now + CLOCKS_DIFFER)
    return and_(
        AnswerShardRow.run_id == run_id,
        AnswerShardRow.finished_at.is_(None),
        or_(
            AnswerShardRow.worker.is_(None),
            not_(speaks),
        ),
    )


def beat_shard(session: Session, shard: Shard) -> None:
    """Say that the shard's worker is at work."""
    with write(session):
        session.execute(update(AnswerShardRow).where(_is_of(shard)).values(heartbeat_at=utc_now()))


def release_shard(session: Session, shard: Shard) -> None:
    """Leave a shard to whoever comes next."""
    with write(session):
        session.execute(update(AnswerShardRow).where(_is_of(shard)).values(worker=None))


def finish_shard(session: Session, shard: Shard, predictions: Sequence[Prediction]) -> bool:
    """Store a shard's answers and that it is finished; False, and nothing, if another has it."""
    flags = flag_rationales(session, predictions)
    with write(session):
        mine = session.execute(
            update(AnswerShardRow).where(_is_of(shard)).values(finished_at=utc_now())
        )
        if not changed_rows(mine):
            return False
        flagged = list(zip(predictions, flags, strict=True))
        for some in chunks(flagged):
            add_predictions(
                session,
                shard.run,
                [prediction for prediction, _ in some],
                [raised for _, raised in some],
            )
    return True


def _is_of(shard: Shard) -> ColumnElement[bool]:
    return and_(
        AnswerShardRow.run_id == shard.run,
        AnswerShardRow.number == shard.number,
        AnswerShardRow.worker == shard.worker,
        AnswerShardRow.finished_at.is_(None),
    )


def list_shards(session: Session, run_id: int) -> list[list[int]]:
    """Return the question ids of each of a run's shards, in order."""
    query = select(AnswerShardRow.question_ids).where(AnswerShardRow.run_id == run_id)
    return [list(ids) for ids in session.scalars(query.order_by(AnswerShardRow.number))]
