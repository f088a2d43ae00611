"""Training killed at random moments and resumed until it is done, beside an unbroken run.

`python -m tests.soak training` runs the full figures, with `--database postgresql` those on a
server; the tests run a short version. Every run
is carried out twice, in two homes: once unbroken, once killed. The weights of every stage and
the predictions must be equal bit for bit.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select

from db.migrate import migrate
from db.models import StageRow
from db.session import get_engine, open_session
from scicot.adapters.students.stages.checkpoints import newest_checkpoint
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.system.invariants import Violation, find_violations
from scicot.services.training.training import run_training, start_training
from scicot.words.configs import TrainingConfig
from scicot.words.records import (
    Actor,
    Prediction,
    RationaleStatus,
    RunKind,
    RunStatus,
    Split,
)
from scicot.words.settings import Settings, get_settings
from tests.builders import store_rationale
from tests.services.training_line import prepare, teacher_text, tiny_config
from tests.soak.figures import follow, report
from tests.soak.homes import give_database, server_of
from tests.soak.kills import PATIENCE_SECONDS, end_well, run_apart
from tests.soak.teacher import bury
from tests.tiny_students import build_tiny_t5

QUESTIONS = {"train": 24, "validation": 0, "test": 8}
METHODS = ("sci_cot", "one_stage")
AIMS = ("any moment", "checkpoint", "end of a stage")
POLL_SECONDS = 0.0005


@dataclass
class Counts:
    """What the kills hit, and what was found afterwards."""

    seed: int
    runs: int = 0
    kills: int = 0
    by_aim: dict[str, int] = field(default_factory=dict)
    by_part: dict[str, int] = field(default_factory=dict)
    kills_inside_a_checkpoint: int = 0
    resumed_from_a_checkpoint: int = 0
    damaged_checkpoints: int = 0
    different_weights: int = 0
    different_predictions: int = 0
    lost_or_doubled: int = 0
    stages: int = 0
    predictions: int = 0
    violations: list[Violation] = field(default_factory=list)

    @property
    def agree(self) -> bool:
        """True when every killed run ended as its unbroken twin."""
        wrong = (
            self.damaged_checkpoints,
            self.different_weights,
            self.different_predictions,
            self.lost_or_doubled,
        )
        return not any(wrong) and not self.violations


@dataclass(frozen=True)
class Home:
    """A database with questions and a snapshot, and the artifacts of its runs."""

    settings: Settings

    @classmethod
    def build(
        cls, folder: Path, server: str | None = None, *, validation: int = 0, threads: int = 1
    ) -> Home:
        """Return a home of these questions; so many more, with rationales, to select weights by."""
        url = None if server is None else give_database(folder / "home", server)
        home = cls(Settings(home=folder / "home", threads=threads, database_url=url))
        migrate(home.url)
        with open_session(home.url) as session:
            counts = QUESTIONS | {"validation": validation}
            questions = prepare(session, folder / "data", **counts)
            for one in questions.get(Split.VALIDATION, ()):
                store_rationale(session, one, teacher_text(one), status=RationaleStatus.ACCEPTED)
        return home

    @property
    def url(self) -> str:
        return self.settings.resolved_database_url

    def start(self, config: TrainingConfig) -> int:
        with open_session(self.url) as session:
            return start_training(session, get_settings(), Actor("Ada"), config)

    def found(self, run_id: int) -> tuple[dict[str, str], Sequence[Prediction]]:
        """Return the hash of each stage's weights by the stage's own, and the predictions."""
        with open_session(self.url) as session:
            stages: Any = get_run(session, run_id).result["stages"]
            predictions = list_predictions(session, run_id)
        folder = self.settings.artifacts_folder / "stages"
        weights = {
            stage["hash"]: hashlib.sha256(
                (folder / stage["hash"] / "model" / "model.safetensors").read_bytes()
            ).hexdigest()
            for stage in stages.values()
        }
        return weights, predictions


def soak_kills(folder: Path, *, kills: int, seed: int, server: str | None = None) -> Counts:
    """Train run after run, each killed at random moments, until there were so many kills."""
    rng, counts = random.Random(seed), Counts(seed)
    follow("training", counts)
    student = build_tiny_t5(folder / "student")
    end_well(run_apart(int))  # what loads torch is started before anything is timed
    whole, killed = (Home.build(folder / name, server) for name in ("whole", "killed"))
    while counts.kills < kills:
        config = tiny_config(
            METHODS[counts.runs % len(METHODS)],
            student,
            seed=counts.runs,
            epochs=4,
            tokens_per_batch=400,
            checkpoint_every=2,
        )
        twin = whole.start(config)
        began = time.monotonic()
        end_well(start_worker(whole, twin))
        seconds = time.monotonic() - began
        run_id = killed.start(config)
        kill_until_done(killed, run_id, counts, kills, rng, seconds)
        compare(whole.found(twin), killed.found(run_id), counts)
        counts.runs += 1
    for home in (whole, killed):  # nobody else knows their databases
        get_engine(home.url).dispose()
    return counts


def kill_until_done(
    home: Home, run_id: int, counts: Counts, kills: int, rng: random.Random, seconds: float
) -> None:
    """Kill and resume a run until it ends before it is hit, or until there were enough kills."""
    work = home.settings.artifacts_folder / "work" / f"run-{run_id}"
    while counts.kills < kills:
        aim = rng.choice(AIMS)
        worker = start_worker(home, run_id)
        if not strike(worker, work, aim, rng, seconds):
            break
        counts.kills += 1
        count_one(counts.by_aim, aim)
        with open_session(home.url) as session:
            look_at_checkpoints(work, counts, set(session.scalars(select(StageRow.hash))))
            run = get_run(session, run_id)
            count_one(counts.by_part, part_of(run.message))
            counts.violations += find_violations(session)
            if run.status is RunStatus.DONE:  # hit between its last word and its end
                return
            if run.status is not RunStatus.QUEUED:  # hit after it had claimed the run
                bury(session, run_id)
    else:
        worker = start_worker(home, run_id)
    end_well(worker)


def strike(worker: BaseProcess, work: Path, aim: str, rng: random.Random, seconds: float) -> bool:
    """Kill the worker at the moment aimed at; False when it ended by itself before."""
    if aim == "checkpoint":
        skipped, delay = rng.randrange(4), rng.random() * 0.01
        wait_for(worker, NthSight(work, "*/checkpoints/.partial-*", skipped))
    elif aim == "end of a stage":
        delay = rng.random() * seconds / 8
        wait_for(worker, NthSight(work, "*/prepared", 0))
    else:
        delay = rng.random() * seconds * 0.7
    worker.join(delay)
    if worker.exitcode is not None:
        return False
    worker.kill()
    worker.join()
    return worker.exitcode != 0


class NthSight:
    """True once so many different new paths of a pattern, and one more, have been seen."""

    def __init__(self, folder: Path, pattern: str, skipped: int) -> None:
        self.folder, self.pattern, self.skipped = folder, pattern, skipped
        self.seen = set(folder.glob(pattern))
        self.before = len(self.seen)

    def __call__(self) -> bool:
        with contextlib.suppress(FileNotFoundError):  # a folder that went while it was looked into
            self.seen |= set(self.folder.glob(self.pattern))
        return len(self.seen) > self.before + self.skipped


def wait_for(worker: BaseProcess, is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while worker.is_alive() and not is_there() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def look_at_checkpoints(work: Path, counts: Counts, done: set[str]) -> None:
    """Count what the kill left: each stage's newest checkpoint must be whole.

    Those of stages that are `done`, by their hashes, are being removed: any part may be gone.
    """
    names = {digest[:16] for digest in done}
    folders = [one for one in work.glob("*/checkpoints") if one.parent.name not in names]
    if any(list(folder.glob(".partial-*")) for folder in folders):
        counts.kills_inside_a_checkpoint += 1
    resumes = False
    for folder in folders:
        steps = [int(one.name.removeprefix("step-")) for one in folder.glob("step-*")]
        if steps:
            state = json.loads((folder / f"step-{max(steps):08d}" / "state.json").read_text())
            found = newest_checkpoint(folder, state["stage"])
            resumes = resumes or found is not None
            counts.damaged_checkpoints += found is None or found.step != max(steps)
    counts.resumed_from_a_checkpoint += resumes


def count_one(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def part_of(message: str) -> str:
    """Return the first word of a run's message: the stage, or what it is doing."""
    return message.split()[0].rstrip(":.") if message else "nothing yet"


def compare(whole: Any, killed: Any, counts: Counts) -> None:
    """Count where the killed run ended otherwise than its twin."""
    (weights, predictions), (other_weights, other_predictions) = whole, killed
    counts.stages += len(weights)
    counts.predictions += len(predictions)
    counts.lost_or_doubled += weights.keys() != other_weights.keys()
    counts.lost_or_doubled += abs(len(predictions) - len(other_predictions))
    counts.different_weights += sum(
        other_weights.get(stage) != digest for stage, digest in weights.items()
    )
    counts.different_predictions += sum(
        one != other for one, other in zip(predictions, other_predictions, strict=False)
    )


def start_worker(home: Home, run_id: int) -> BaseProcess:
    return run_apart(work, home.settings, run_id)


def work(settings: Settings, run_id: int) -> None:
    logging.disable(logging.WARNING)
    status = run_worker(run_id, settings, {RunKind.TRAIN: run_training})
    assert status is RunStatus.DONE, status


def main() -> None:
    logging.disable(logging.WARNING)
    with (
        report("training", __doc__, kills=100) as asked,
        server_of(asked.database) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        soak_kills(Path(folder), kills=asked.kills, seed=asked.seed, server=server)
