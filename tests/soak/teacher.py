"""The teacher's ledger under mixed faults and kills, with every count compared.

`python -m tests.soak teacher` runs the full figures; the tests run a short version.
"""

from __future__ import annotations

import logging
import os
import random
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import AttemptRow, CompletionRow, RationaleRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.system.invariants import Violation, find_violations
from scicot.services.teacher.generation import retry_calls, run_generation, start_generation
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import GenerationConfig
from scicot.words.records import Actor, CompletionState, RunKind, RunStatus
from scicot.words.settings import Settings, get_settings
from scicot.words.teaching import AttemptOutcome
from tests.builders import store_questions
from tests.fake_teacher import (
    CUT_FAULTS,
    GOOD,
    PAID_FAULTS,
    UNPAID_FAULTS,
    FakeTeacher,
    mixed,
    serve,
)
from tests.soak.figures import follow, report
from tests.soak.kills import PATIENCE_SECONDS, end_well, run_apart

ADA = Actor("Ada")
PAID_OUTCOMES = ("stored", "truncated", "refused", "invalid")
RETRIED = (CompletionState.MAYBE_PAID, CompletionState.INVALID, CompletionState.REFUSED)


@dataclass(frozen=True)
class Counts:
    """What the server saw beside what the ledger says."""

    seed: int
    questions: int
    server_calls: int
    ledger_calls: int
    server_paid: int
    ledger_paid: int
    server_cut: int
    ledger_cut: int
    rationales: int
    violations: list[Violation]
    kills: int = 0

    @property
    def agree(self) -> bool:
        """True when nothing is lost, duplicated or unaccounted for."""
        return self.nothing_lost if self.kills else self.all_equal

    @property
    def all_equal(self) -> bool:
        """True when server and ledger say the same of every call."""
        return (
            self.server_calls == self.ledger_calls
            and self.server_paid == self.ledger_paid
            and self.server_cut == self.ledger_cut
            and self.rationales == self.questions
            and not self.violations
        )

    @property
    def nothing_lost(self) -> bool:
        """True when kills lost no answer that was paid, and bought none twice.

        What was in flight at a kill is maybe paid, and was not asked for again.
        """
        return (
            not self.violations
            and self.ledger_paid == self.rationales
            and self.questions - self.rationales == self.ledger_cut
            and self.ledger_cut <= 8 * self.kills
            and self.ledger_paid <= self.server_calls <= self.questions
        )


def prepare(folder: Path, questions: int) -> None:
    """Point the settings at a home of its own and store this many questions."""
    os.environ |= {
        "SCICOT_HOME": str(folder / "home"),
        "SCICOT_TEACHER_RETRY_SECONDS": "0.005",
        "SCICOT_TEACHER_DEADLINE": "5",
    }
    get_settings.cache_clear()
    with open_workspace() as session:
        store_questions(session, folder / "data", train=questions, validation=0, test=0)


def soak_faults(*, questions: int, share: float, seed: int, concurrency: int = 32) -> Counts:
    """Ask through mixed faults, retry what has no text until every question has one."""
    faults = mixed(share, seed, [*UNPAID_FAULTS, *CUT_FAULTS, *PAID_FAULTS])
    teacher = FakeTeacher(faults=faults, keep_prompts=False)
    with serve(teacher), open_workspace() as session:
        config = GenerationConfig.checked(
            dataset="demo", teacher=f"{teacher.url}#fake", concurrency=concurrency
        )
        run_id = start_generation(session, get_settings(), ADA, config)
        carry_on(session, run_id)
        while missing(session):
            run_id = retry_calls(session, get_settings(), ADA, run_id, RETRIED)
            carry_on(session, run_id)
        return count(session, teacher, seed)


def carry_on(session: Session, run_id: int) -> None:
    session.rollback()
    status = run_worker(run_id, get_settings(), {RunKind.GENERATE: run_generation})
    session.rollback()
    error = get_run(session, run_id).error
    # the last of the questions may meet a fault once more: a run that stored nothing has failed
    assert status is RunStatus.DONE or str(error).startswith("Nothing could be stored"), error


def missing(session: Session) -> int:
    session.rollback()
    query = select(func.count()).where(CompletionRow.state.in_(RETRIED))
    return session.scalar(query.select_from(CompletionRow)) or 0


def count(session: Session, teacher: FakeTeacher, seed: int, kills: int = 0) -> Counts:
    session.rollback()
    rows = session.execute(select(AttemptRow.outcome, func.count()).group_by(AttemptRow.outcome))
    ledger = dict(list(rows))
    return Counts(
        seed=seed,
        questions=session.scalar(select(func.count()).select_from(CompletionRow)) or 0,
        server_calls=teacher.count,
        ledger_calls=sum(ledger.values()) - ledger.get(AttemptOutcome.UNREACHABLE, 0),
        server_paid=sum(teacher.by_fault[fault] for fault in (GOOD, *PAID_FAULTS)),
        ledger_paid=sum(ledger.get(AttemptOutcome(name), 0) for name in PAID_OUTCOMES),
        server_cut=sum(teacher.by_fault[fault] for fault in CUT_FAULTS),
        ledger_cut=ledger.get(AttemptOutcome.MAYBE_PAID, 0),
        rationales=session.scalar(select(func.count()).select_from(RationaleRow)) or 0,
        violations=find_violations(session),
        kills=kills,
    )


def soak_kills(*, questions: int, kills: int, seed: int, concurrency: int = 8) -> Counts:
    """Kill the worker's process while calls are in flight, again and again, then let it finish.

    What may have been paid is not bought again. A killed call shows as `maybe_paid`; the server
    may or may not have seen it, so only bounds hold for those.
    """
    rng = random.Random(seed)
    teacher = FakeTeacher(latency=0.02, keep_prompts=False)
    with serve(teacher), open_workspace() as session:
        config = GenerationConfig.checked(
            dataset="demo", teacher=f"{teacher.url}#fake", concurrency=concurrency
        )
        run_id = start_generation(session, get_settings(), ADA, config)
        step = questions // (kills + 1)
        for _ in range(kills):
            session.rollback()
            kill_after(run_id, teacher, teacher.count + max(1, rng.randrange(step) + 1))
            time.sleep(rng.random() * 0.02)
            bury(session, run_id)
        end_well(start_worker(run_id))
        return count(session, teacher, seed, kills)


def start_worker(run_id: int) -> BaseProcess:
    return run_apart(work, get_settings(), run_id)


def work(settings: Settings, run_id: int) -> None:
    logging.disable(logging.WARNING)
    os.environ |= settings.as_environment()
    get_settings.cache_clear()
    run_worker(run_id, settings, {RunKind.GENERATE: run_generation})


def kill_after(run_id: int, teacher: FakeTeacher, calls: int) -> None:
    """Start the run's worker and kill it once the server has seen this many calls."""
    worker = start_worker(run_id)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while teacher.count < calls and worker.is_alive() and time.monotonic() < deadline:
        time.sleep(0.002)
    worker.kill()
    worker.join()


def bury(session: Session, run_id: int) -> None:
    """Let the killed worker's heart have stopped long ago, and queue its run again."""
    if get_run(session, run_id).status.is_finished:
        return
    with write(session):
        stopped = utc_now() - timedelta(minutes=1)
        session.execute(update(RunRow).where(RunRow.id == run_id).values(heartbeat_at=stopped))
    resume_run(session, ADA, run_id)


def main() -> None:
    # a good 10,000 calls at 20 % faults
    with report("teacher", __doc__, questions=8400, kills=100) as asked:
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), asked.questions)
            counts = soak_faults(questions=asked.questions, share=0.2, seed=asked.seed)
            follow("faults", counts)
        with tempfile.TemporaryDirectory() as folder:
            questions = asked.kills * 30
            prepare(Path(folder), questions)
            counts = soak_kills(questions=questions, kills=asked.kills, seed=asked.seed)
            follow("kills", counts)
