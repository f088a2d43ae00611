"""Very many questions answered in shards, by the run's own worker and by whoever joins it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from db.rows import chunks
from db.session import open_session
from scicot.pure.methods.registry import plan_of
from scicot.pure.predictions.metrics import Tally, tally
from scicot.pure.predictions.stripping import Cuts
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.lookup import get_questions
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import MetricPoint, get_run
from scicot.services.runs.worker import HEARTBEAT_SECONDS, STOP_SECONDS
from scicot.services.students.answering import AGREEMENT_SAMPLE, Answering
from scicot.services.students.answers import Stages, answer_questions, as_read
from scicot.services.students.shards import (
    Shard,
    Shards,
    beat_shard,
    claim_shard,
    count_shards,
    finish_shard,
    list_shards,
    release_shard,
)
from scicot.services.students.trained import load_trained
from scicot.services.students.watcher import RunWatcher
from scicot.words.errors import Cancelled, DatabaseBusy, RunNotInState, StorageError
from scicot.words.records import RunKind, RunStatus, StoredQuestion
from scicot.words.runs import RunView
from scicot.words.settings import Settings

LOOK_SECONDS = 1.0  # between two looks at shards that others have, or at whether a run goes on
STOPPED = (RunStatus.CANCELLED, RunStatus.FAILED)


def answer_in_shards(
    context: RunContext, answering: Answering, stages: Stages
) -> tuple[Tally, Cuts]:
    """Answer a run's shards together with whoever joins it, and return what all count up to.

    That is the tally, and what `strip_answer` took from the rationales that were read.
    """
    watcher, run_id = answering.watcher, context.run.id
    passes = plan_of(answering.config).answers.passes
    _choose_type(context, answering, stages)
    told = 0  # how many shards others had, when it was last said
    while True:
        standing = context.patiently(lambda session: count_shards(session, run_id))
        watcher.stand_at(passes * standing.answered)
        if standing.finished == standing.shards:
            watcher.say(f"All {standing.shards} shards are answered; counting up.")
            return _count_up(context, answering)
        if _answer_next(context, answering, stages) is None:
            left = standing.shards - standing.finished
            if left != told:
                watcher.say(f"Others answer the last {left} of {standing.shards} shards.")
                told = left
            time.sleep(LOOK_SECONDS)


def _answer_next(context: RunContext, answering: Answering, stages: Stages) -> int | None:
    """Answer the next free shard and return how many answers it gave; None where there is none.

    0 where this worker was taken for dead meanwhile: the answers are then another's.
    """
    context.check()
    shard = context.patiently(lambda session: claim_shard(session, context.run.id, context.worker))
    if shard is None:
        return None
    try:
        with _beating(context, shard):
            answering.watcher.say(f"Shard {shard.number} of {shard.of}.")
            predictions = answer_questions(answering, stages, _questions(context, shard))
            is_stored = context.patiently(lambda session: finish_shard(session, shard, predictions))
    except BaseException:  # stopped: whoever comes next need not wait for 25 s
        with context.session() as session:
            release_shard(session, shard)
        raise
    return len(predictions) if is_stored else 0


@contextmanager
def _beating(context: RunContext, shard: Shard) -> Iterator[None]:
    """Keep the shard this worker's meanwhile."""
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.wait(HEARTBEAT_SECONDS):
            try:
                with context.session() as session:
                    beat_shard(session, shard)
            except (DatabaseBusy, StorageError):
                continue  # the next round tries again; 25 s leave room for several

    beats = threading.Thread(target=beat, daemon=True, name=f"shard-{shard.number}")
    beats.start()
    try:
        yield
    finally:
        is_over.set()
        beats.join()


def _questions(context: RunContext, shard: Shard) -> list[StoredQuestion]:
    questions = context.patiently(lambda session: get_questions(session, shard.question_ids))
    return [questions[question_id] for question_id in shard.question_ids]


def _choose_type(context: RunContext, answering: Answering, stages: Stages) -> None:
    """Try a faster type on the sample that the whole set would be tried on: one for all shards."""
    if answering.config.inference == "fp32":
        return
    with context.session() as session:
        ids = [number for shard in list_shards(session, context.run.id) for number in shard]
        sample = ids[:: max(1, len(ids) // AGREEMENT_SAMPLE)][:AGREEMENT_SAMPLE]
        questions = get_questions(session, sample)
    answer_questions(answering, stages, [questions[question_id] for question_id in sample])


def _count_up(context: RunContext, answering: Answering) -> tuple[Tally, Cuts]:
    """Return what all shards' answers count up to, one shard in memory at a time."""
    total, cuts, kind = Tally(), Cuts(), f"written for {answering.split}"
    reads = plan_of(answering.config).answers.reads_rationale
    with context.session() as session:
        for ids in list_shards(session, context.run.id):
            for some in chunks(ids):
                stored = list_predictions(session, context.run.id, question_ids=some)
                total += tally(stored, get_questions(session, some))
                for prediction in stored if reads else ():
                    as_read(answering.config, prediction.rationale, cuts, kind)
            session.expunge_all()
    return total, cuts


class _HelperContext(RunContext):
    """A context that tells nobody: the run's row is its own worker's."""

    def report(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
        metrics: Sequence[MetricPoint] = (),
    ) -> None:
        """Leave it at the log."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What one who joined a run has answered, and how the run stands."""

    run: int
    shards: int
    questions: int
    status: RunStatus


def join_run(settings: Settings, run_id: int, *, leave: Callable[[], None] | None = None) -> Joined:
    """Help a run that answers many questions until none of its shards is free.

    `leave` ends the process: it is called once the run has stopped and this helper, in the midst of
    a computation, has not for 2.5 s; its shard is another's after 25 s. Raises RunNotInState for a
    run that answers nothing in shards, or does not go on.
    """
    with open_session(settings.resolved_database_url) as session:
        run = get_run(session, run_id)
        _refuse(run, count_shards(session, run_id))
        trained, stages = load_trained(session, settings, run.prediction.run)
    context = _HelperContext(run, settings, uuid.uuid4().hex)
    answering = Answering(RunWatcher(context, 0), trained)
    shards = questions = 0
    with context.helpers, _stopped_with_run(context, leave), suppress(Cancelled):
        _choose_type(context, answering, stages)
        while (answered := _answer_next(context, answering, stages)) is not None:
            shards, questions = shards + bool(answered), questions + answered
    with context.session() as session:
        return Joined(run_id, shards, questions, get_run(session, run_id).status)


def _refuse(run: RunView, standing: Shards) -> None:
    """Raise RunNotInState for a run that nobody can help."""
    if run.kind is not RunKind.PREDICT or run.status not in (RunStatus.RUNNING, RunStatus.LOST):
        raise RunNotInState(
            f"Run {run.id} is a {run.kind} run and {run.status}; a run in which students answer "
            "(`predict`) can be joined while it goes."
        )
    if not standing.shards:
        raise RunNotInState(
            f"Run {run.id} is not answered in shards: it has no more than "
            f"{run.prediction.questions_per_shard:,} questions, or has not begun. Give `predict` a "
            "smaller --questions-per-shard, or try again in a moment."
        )


@contextmanager
def _stopped_with_run(context: RunContext, leave: Callable[[], None] | None) -> Iterator[None]:
    """Let whoever joined the run be asked to stop within a second of it, or else leave."""
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(STOP_SECONDS if context.cancel_event.is_set() else LOOK_SECONDS):
            if context.cancel_event.is_set() and leave is not None:
                leave()
                return
            try:
                with context.session() as session:
                    run = get_run(session, context.run.id)
            except (DatabaseBusy, StorageError):
                continue
            if run.cancel_requested or run.status in STOPPED:
                context.cancel_event.set()

    looks = threading.Thread(target=look, daemon=True, name="run")
    looks.start()
    try:
        yield
    finally:
        is_over.set()
        looks.join()
