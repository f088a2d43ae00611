"""Cancels in every phase of a training run: from the request until the run's row says cancelled.

`python -m tests.soak cancels` runs the full figures with the starter student; the tests run a
short version with a tiny one. The same run is cancelled, resumed and cancelled again, so that it
meets each phase; in the end it is done.
"""

from __future__ import annotations

import logging
import os
import random
import re
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from db.session import open_session
from scicot.cli.handlers import HANDLERS
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel, resume_run
from scicot.services.runs.worker import run_worker
from scicot.words.configs import STARTER_STUDENT
from scicot.words.records import Actor, RunStatus
from scicot.words.settings import Settings
from tests.services.training_line import tiny_config
from tests.soak.figures import follow, report
from tests.soak.homes import server_of
from tests.soak.kills import PATIENCE_SECONDS, end_well, run_apart
from tests.soak.training import Home

ADA = Actor("Ada")
LONGEST_SECONDS = 5.0
POLL_SECONDS = 0.02
STEPS = 10  # of 16 questions: enough that a process helps a real student
VALIDATION = 24  # questions by which weights are selected
# a phase -> what the run's message is like in it
PHASES = {
    "loading": re.compile(r"^Loading"),
    "training": re.compile(r": step \d"),
    "trying weights": re.compile(r"^Trying"),
    "saving": re.compile(r"^Saving"),
    "writing and scoring": re.compile(r"questions(, |\.$)"),
}


@dataclass
class Cancels:
    """Seconds from the request to the end, by the phase in which the request came."""

    seed: int
    student: str
    seconds: dict[str, list[float]] = field(default_factory=dict)
    came_too_late: int = 0
    not_done_in_the_end: int = 0

    @property
    def slowest(self) -> float:
        """The longest that any cancel took."""
        return max((taken for times in self.seconds.values() for taken in times), default=0.0)

    @property
    def agree(self) -> bool:
        """True when every cancel was acted on in time, in every phase, and the runs ended well."""
        in_time = self.slowest <= LONGEST_SECONDS and set(self.seconds) == set(PHASES)
        return in_time and not self.not_done_in_the_end


def soak_cancels(
    folder: Path, student: str, *, cancels: int, seed: int, server: str | None = None
) -> Cancels:
    """Cancel so many times in each phase; a run that ends before is followed by another."""
    rng, counts = random.Random(seed), Cancels(seed, Path(student).name)
    follow("cancels", counts)
    home = Home.build(folder, server, validation=VALIDATION, threads=2)
    end_well(run_apart(int))  # what loads torch is started before anything is timed
    wanted = [phase for phase in PHASES for _ in range(cancels)]
    runs = 0
    while wanted:
        config = tiny_config(
            "sci_cot",
            Path(student),
            seed=runs,
            steps=STEPS,
            questions_per_step=16,
            selection="validation",
        )
        run_id = home.start(config)
        runs += 1
        while wanted and cancel_once(home, run_id, wanted, counts, rng):
            with open_session(home.url) as session:
                resume_run(session, ADA, run_id)
        with open_session(home.url) as session:
            is_open = not get_run(session, run_id).status.is_finished
        if is_open:
            end_well(run_apart(work, home.settings, run_id))
        with open_session(home.url) as session:
            counts.not_done_in_the_end += get_run(session, run_id).status is not RunStatus.DONE
    return counts


def cancel_once(
    home: Home, run_id: int, wanted: list[str], counts: Cancels, rng: random.Random
) -> bool:
    """Start the run's worker and cancel in a phase that is wanted; False when the run was done."""
    worker = run_apart(work, home.settings, run_id)
    phase = wait_for_phase(home, run_id, worker, wanted)
    if phase is not None:
        worker.join(rng.random() * 0.5)
        began = time.monotonic()
        with open_session(home.url) as session:
            request_cancel(session, ADA, run_id)
    end_well(worker)
    with open_session(home.url) as session:
        was_cancelled = get_run(session, run_id).status is RunStatus.CANCELLED
    if phase is not None and was_cancelled:
        counts.seconds.setdefault(phase, []).append(round(time.monotonic() - began, 2))
        wanted.remove(phase)
    elif phase is not None:
        counts.came_too_late += 1
    return was_cancelled


def wait_for_phase(home: Home, run_id: int, worker: BaseProcess, wanted: list[str]) -> str | None:
    """Return the first wanted phase that the run is in; None when it ends before."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while worker.is_alive() and time.monotonic() < deadline:
        with open_session(home.url) as session:
            message = get_run(session, run_id).message or ""
        for phase in dict.fromkeys(wanted):
            if PHASES[phase].search(message):
                return phase
        time.sleep(POLL_SECONDS)
    return None


def work(settings: Settings, run_id: int) -> None:
    logging.disable(logging.WARNING)
    status = run_worker(run_id, settings, HANDLERS, leave=lambda: os._exit(0))
    assert status in (RunStatus.DONE, RunStatus.CANCELLED), status


def main() -> None:
    logging.disable(logging.WARNING)
    with (
        report("cancels", __doc__, cancels=5) as asked,
        server_of(asked.database) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        count, seed = asked.cancels, asked.seed
        soak_cancels(Path(folder), STARTER_STUDENT, cancels=count, seed=seed, server=server)
