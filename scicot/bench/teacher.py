"""`bench teacher`: how much of the ideal pace the whole line keeps, ledger and checks included."""

from __future__ import annotations

import math
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.migrate import migrate
from db.models import AttemptRow
from db.session import open_session
from scicot.bench.local_teacher import serve_local_teacher
from scicot.bench.synthetic import ACTOR, build_synthetic
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.teacher.generation import run_generation, start_generation
from scicot.words.asking_configs import GenerationConfig
from scicot.words.records import RunKind, Split
from scicot.words.settings import Settings

SAMPLE_SECONDS = 0.5
MEGABYTE = 1024**2


@dataclass
class _Memory:
    """This process's resident memory, sampled while something goes on. In bytes."""

    samples: list[int] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Sample until the block ends."""
        process, ended = psutil.Process(), threading.Event()

        def sample() -> None:
            while not ended.wait(SAMPLE_SECONDS):
                self.samples.append(process.memory_info().rss)

        thread = threading.Thread(target=sample, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def growth(self) -> int:
        """Return how much the last fifth's peak lies over that of the second fifth."""
        fifth = len(self.samples) // 5
        if not fifth:
            return 0
        return max(self.samples[-fifth:]) - max(self.samples[fifth : 2 * fifth])


def bench_teacher(
    *, calls: int = 1280, concurrency: int = 32, latency_seconds: float = 1.0
) -> dict[str, Any]:
    """Return calls a second against the ideal (concurrency / latency), and the memory's growth.

    A local server answers after the latency; every call goes through the real client, ledger and
    checks, on a database of its own. The time is from the first call sent to the last one booked.
    """
    memory = _Memory()
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_local_teacher(latency_seconds) as base_url,
    ):
        settings = Settings(home=Path(folder))
        url = settings.resolved_database_url
        migrate(url)
        with open_session(url) as session:
            build_synthetic(session, runs=0, questions=calls)
            config = GenerationConfig.checked(
                dataset="synthetic",
                split=Split.TEST,
                teacher=f"{base_url}#local",
                concurrency=concurrency,
            )
            run_id = start_generation(session, settings, ACTOR, config)
            session.rollback()
            with memory.watched():
                run_worker(run_id, settings, {RunKind.GENERATE: run_generation})
        with open_session(url) as session:
            run = get_run(session, run_id)
            seconds = _seconds(session, run_id)
    ideal_seconds = math.ceil(calls / concurrency) * latency_seconds
    return {
        "share_of_ideal": ideal_seconds / seconds,
        "calls_per_second": calls / seconds,
        "calls": run.result.get("calls"),
        "stored": run.result.get("stored"),
        "concurrency": concurrency,
        "latency_seconds": latency_seconds,
        "memory_growth_mb": memory.growth() / MEGABYTE,
        "memory_peak_mb": max(memory.samples, default=0) / MEGABYTE,
    }


def _seconds(session: Session, run_id: int) -> float:
    first, last = session.execute(
        select(func.min(AttemptRow.sent_at), func.max(AttemptRow.finished_at)).where(
            AttemptRow.run_id == run_id
        )
    ).one()
    assert first is not None
    assert last is not None
    return float((last - first).total_seconds())
