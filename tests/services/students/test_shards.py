"""Very many questions in shards: several workers, one killed, and the answers of one piece."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import AnswerShardRow
from db.session import open_session, write
from scicot.adapters.clock import utc_now
from scicot.cli.handlers import HANDLERS
from scicot.pure.predictions.metrics import measure, tally
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.lookup import get_questions
from scicot.services.runs.lost import LOST_AFTER
from scicot.services.runs.runs import create_run, get_run
from scicot.services.runs.steering import request_cancel, resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.students import sharded
from scicot.services.students.answers import answer_questions
from scicot.services.students.predicting import start_prediction
from scicot.services.students.sharded import join_run
from scicot.services.students.shards import (
    claim_shard,
    count_shards,
    finish_shard,
    list_shards,
    plan_shards,
    release_shard,
)
from scicot.words.configs import PredictionConfig
from scicot.words.errors import Cancelled, RunNotInState
from scicot.words.records import Actor, Outcome, Prediction, RunKind, RunStatus, Split
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.builders import store_questions
from tests.services.training_line import Questions, prepare, tiny_config, train
from tests.soak.kills import PATIENCE_SECONDS, end_well, run_apart
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

ADA = Actor("Ada")
TEST_QUESTIONS = 10


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    return prepare(session, tmp_path / "files", test=TEST_QUESTIONS, validation=0)


@pytest.fixture
def trained(session: Session, settings: Settings, questions: Questions, tiny_t5: Path) -> RunView:
    run = train(session, settings, tiny_config("sci_cot", tiny_t5))
    session.rollback()
    return run


def predict(session: Session, settings: Settings, trained: RunView, **asked: Any) -> int:
    config = PredictionConfig(run=trained.id, dataset="demo", split=Split.TEST, **asked)
    run_id = start_prediction(session, settings, ADA, config)
    session.rollback()
    return run_id


def answers(session: Session, run_id: int) -> list[tuple[object, ...]]:
    """Return what a run said; only the last bits of log-probabilities go by the batch."""
    return [
        (one.question_id, one.output, one.rationale, one.label, one.outcome, one.option_label)
        for one in list_predictions(session, run_id)
    ]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def join_and_hang(settings: Settings, run_id: int) -> None:
    """Join a run, claim a shard and never come to its end."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sharded, "answer_questions", lambda *_: threading.Event().wait())
        join_run(settings, run_id)


def join_and_work(settings: Settings, run_id: int) -> None:
    joined = join_run(settings, run_id)
    assert (joined.shards, joined.questions, joined.status) == (3, 6, RunStatus.RUNNING)


def held(session: Session, run_id: int) -> int:
    session.commit()
    query = select(func.count()).where(
        AnswerShardRow.run_id == run_id,
        AnswerShardRow.worker.is_not(None),
        AnswerShardRow.finished_at.is_(None),
    )
    return session.scalar(query) or 0


def age(session: Session, run_id: int) -> None:
    """Let every shard's worker have been silent for too long."""
    old = utc_now() - LOST_AFTER - timedelta(seconds=1)
    with write(session):
        session.execute(
            update(AnswerShardRow).where(AnswerShardRow.run_id == run_id).values(heartbeat_at=old)
        )


def test_a_killed_workers_shard_is_answered_by_another_and_all_is_as_in_one_piece(
    session: Session,
    settings: Settings,
    trained: RunView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_id = predict(session, settings, trained, questions_per_shard=2)
    original, begun = answer_questions, list[bool]()

    def after_the_others(*given: Any) -> Any:
        """Hold the run's own worker back until one helper hangs in a shard and one has ended."""
        if not begun:
            begun.append(True)
            hanging = run_apart(join_and_hang, settings, run_id)
            with open_session(settings.resolved_database_url) as other:
                wait_until(lambda: held(other, run_id) == 2)
                end_well(run_apart(join_and_work, settings, run_id))
                other.commit()
                assert count_shards(other, run_id).finished == 3
                hanging.kill()
                hanging.join()
                age(other, run_id)
        return original(*given)

    with monkeypatch.context() as patched:
        patched.setattr(sharded, "answer_questions", after_the_others)
        patched.setattr(sharded, "HEARTBEAT_SECONDS", 0.05)
        assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    standing = count_shards(session, run_id)
    assert (standing.shards, standing.finished) == (5, 5)
    assert (standing.questions, standing.answered) == (TEST_QUESTIONS, TEST_QUESTIONS)
    run, whole = get_run(session, run_id), predict(session, settings, trained)
    assert run_worker(whole, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    assert list_shards(session, whole) == [], "a small set stays one piece"
    assert answers(session, run_id) == answers(session, whole)
    assert run.result["metrics"] == get_run(session, whole).result["metrics"]
    assert run.result["shards"] == 5
    assert run.progress_done == run.progress_total > TEST_QUESTIONS
    for shared, alone in zip(
        list_predictions(session, run_id), list_predictions(session, whole), strict=True
    ):
        assert shared.option_log_likelihoods == pytest.approx(
            alone.option_log_likelihoods, abs=1e-4
        )
    with pytest.raises(RunNotInState, match="can be joined while it goes"):
        join_run(settings, run_id)


def test_a_cancelled_run_keeps_its_shards_and_goes_on_with_the_rest(
    session: Session,
    settings: Settings,
    trained: RunView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_id = predict(session, settings, trained, questions_per_shard=4)
    original, asked = answer_questions, list[list[int]]()

    def cancel_in_the_second(answering: Any, stages: Any, questions: Any) -> Any:
        asked.append([question.id for question in questions])
        if len(asked) == 2:
            with open_session(settings.resolved_database_url) as other:
                request_cancel(other, ADA, run_id)
            answering.watcher.context.cancel_event.set()
        return original(answering, stages, questions)

    monkeypatch.setattr(sharded, "answer_questions", cancel_in_the_second)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.CANCELLED
    session.rollback()
    assert (count_shards(session, run_id).finished, held(session, run_id)) == (1, 0)
    resume_run(session, ADA, run_id)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    first, second, *others = asked
    assert others[0] == second, "what was not finished is asked again"
    assert first not in others, "what was finished is not"
    session.rollback()
    assert len(list_predictions(session, run_id)) == TEST_QUESTIONS


def test_who_joined_a_run_leaves_it_in_the_midst_of_a_part_when_it_is_cancelled(
    session: Session,
    settings: Settings,
    trained: RunView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_id = predict(session, settings, trained, questions_per_shard=4)
    left, hanging = threading.Event(), threading.Event()

    def hang(*_: Any) -> Any:  # as CTranslate2 with a large batch: it asks nobody
        hanging.set()
        assert left.wait(PATIENCE_SECONDS)
        raise Cancelled("The process has ended by now.")

    def join_and_cancel(*_: Any) -> Any:
        monkeypatch.setattr(sharded, "answer_questions", hang)
        helper = threading.Thread(
            target=join_run, args=(settings, run_id), kwargs={"leave": left.set}
        )
        helper.start()
        assert hanging.wait(PATIENCE_SECONDS)
        with open_session(settings.resolved_database_url) as other:
            request_cancel(other, ADA, run_id)
        assert left.wait(PATIENCE_SECONDS), "the helper stays with a run that is cancelled"
        helper.join(PATIENCE_SECONDS)
        raise Cancelled("Asked to stop.")

    monkeypatch.setattr(sharded, "STOP_SECONDS", 0.05)
    monkeypatch.setattr(sharded, "answer_questions", join_and_cancel)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.CANCELLED


def waiting(session: Session) -> int:
    return create_run(session, ADA, kind=RunKind.PREDICT, name="many", config={})


def test_a_shard_is_one_workers_until_it_is_silent(session: Session) -> None:
    run_id = waiting(session)
    plan_shards(session, run_id, range(1, 6), 2)
    assert list_shards(session, run_id) == [[1, 2], [3, 4], [5]]
    first, second = claim_shard(session, run_id, "a"), claim_shard(session, run_id, "b")
    assert first is not None
    assert second is not None
    assert (first.number, second.number, second.of) == (1, 2, 3)
    release_shard(session, first)
    again = claim_shard(session, run_id, "b")
    assert again is not None
    assert again.question_ids == (1, 2)
    assert claim_shard(session, run_id, "a") is not None
    assert claim_shard(session, run_id, "c") is None
    age(session, run_id)
    assert claim_shard(session, run_id, "c") is not None


def test_a_shard_last_heard_of_in_a_time_to_come_is_free(session: Session, tmp_path: Path) -> None:
    run_id = waiting(session)
    ids = [one.id for one in store_questions(session, tmp_path)[Split.TEST]]
    plan_shards(session, run_id, ids, len(ids))
    assert claim_shard(session, run_id, "gone") is not None
    assert claim_shard(session, run_id, "next") is None
    with write(session):  # by a clock that went a day wrong, and was put back
        ahead = utc_now() + timedelta(days=1)
        session.execute(update(AnswerShardRow).values(heartbeat_at=ahead))
    assert claim_shard(session, run_id, "next") is not None


def test_who_was_taken_for_dead_stores_nothing(session: Session, tmp_path: Path) -> None:
    run_id = waiting(session)
    ids = [one.id for one in store_questions(session, tmp_path)[Split.TEST]]
    plan_shards(session, run_id, ids, len(ids))
    late = claim_shard(session, run_id, "late")
    age(session, run_id)
    other = claim_shard(session, run_id, "other")
    assert late is not None
    assert other is not None

    def said(text: str) -> list[Prediction]:
        return [Prediction(one, None, text, None, Outcome.NO_ANSWER) for one in ids]

    assert not finish_shard(session, late, said("late"))
    assert list_predictions(session, run_id) == []
    release_shard(session, late)  # which is not its own any more
    assert finish_shard(session, other, said("other"))
    assert not finish_shard(session, other, said("twice"))
    session.rollback()
    assert {one.output for one in list_predictions(session, run_id)} == {"other"}
    assert count_shards(session, run_id).finished == 1


def test_parts_count_up_to_the_whole(
    session: Session, settings: Settings, trained: RunView
) -> None:
    predictions = list_predictions(session, trained.id)
    asked = get_questions(session, [one.question_id for one in predictions])
    parts = tally(predictions[:3], asked) + tally(predictions[3:], asked)
    assert parts.measures() == measure(predictions, list(asked.values()))
    assert parts.measures()["questions"] == TEST_QUESTIONS


def test_only_a_run_in_shards_that_goes_is_joined(
    session: Session, settings: Settings, trained: RunView
) -> None:
    with pytest.raises(RunNotInState, match="is a train run and done"):
        join_run(settings, trained.id)
