"""Killing a command at random moments of its work, each time on a fresh copy of the same home."""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.context
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from db.session import get_engine, open_session
from scicot.services.system.invariants import find_violations
from tests.soak.figures import follow
from tests.soak.homes import fresh_copy, give_database, use_home

PATIENCE_SECONDS = 1800  # a busy machine
# what every process that is started finds loaded: seconds of imports each
LOADED = (
    *("torch", "transformers", "ctranslate2", "ctranslate2.converters"),
    *("transformers.models.t5.modeling_t5", "transformers.models.llama.modeling_llama"),
    *("tests.soak.database", "tests.soak.training", "tests.soak.teacher", "tests.soak.reviewers"),
)
BEYOND = 1.1  # a few kills come after the end, so that the very last moment is hit too
MOST_MISSES = 20  # for each kill


@dataclass
class Kills:
    """What became of a command that was killed again and again."""

    command: str
    seed: int
    seconds_unbroken: float
    kills: int = 0
    ended_before: int = 0
    old: int = 0
    new: int = 0
    neither_old_nor_new: int = 0
    violations: int = 0
    not_completed_afterwards: int = 0

    @property
    def agree(self) -> bool:
        """True when each kill left the old or the new, whole, and the command could be repeated."""
        wrong = self.neither_old_nor_new + self.violations + self.not_completed_afterwards
        return not wrong and self.old + self.new == self.kills


@dataclass(frozen=True)
class Victim:
    """A command to kill: its home in the old state, its work, and what one sees afterwards.

    `look` returns what is there, whole: equal values mean an equal state. `url` names the database
    to examine after each kill, given the home; without it none is. Those that are `of_files` have
    no like on a server.
    """

    command: str
    prepare: Callable[[Path], None]
    work: Callable[[Path], None]
    look: Callable[[Path], object]
    url: Callable[[Path], str] | None = None
    of_files: bool = False


def kill_often(
    victim: Victim, folder: Path, *, kills: int, seed: int, server: str | None = None
) -> Kills:
    """Kill the command so many times, and complete it after each kill.

    Each home has a SQLite file, or with the URL of a `server` a database of its own there.
    """
    rng = random.Random(seed)
    template = folder / "template"
    if server is not None:
        give_database(template, server)
    in_a_process_of_its_own(victim.prepare, template)
    old = victim.look(template)
    began = time.monotonic()
    whole = fresh_copy(template, folder / "whole")
    in_a_process_of_its_own(victim.work, whole)
    counts = Kills(victim.command, seed, round(time.monotonic() - began, 3))
    follow(victim.command, counts)
    new = victim.look(whole)
    assert old != new, f"{victim.command} did nothing"
    while counts.kills < kills and counts.ended_before < MOST_MISSES * kills:
        home = fresh_copy(template, folder / "home")
        process = run_apart(_guarded, victim.work, home)
        process.join(rng.random() * counts.seconds_unbroken * BEYOND)
        if process.exitcode is not None:
            counts.ended_before += 1
            continue
        process.kill()
        process.join()
        counts.kills += 1
        _judge(victim, home, counts, old, new)
    return counts


def _judge(victim: Victim, home: Path, counts: Kills, old: object, new: object) -> None:
    found = victim.look(home)
    counts.old += found == old
    counts.new += found == new
    counts.neither_old_nor_new += found not in (old, new)
    if victim.url is not None:
        url = victim.url(home)
        with open_session(url) as session:
            counts.violations += len(find_violations(session))
        get_engine(url).dispose()
    in_a_process_of_its_own(victim.work, home)
    counts.not_completed_afterwards += victim.look(home) != new


def in_a_process_of_its_own(work: Callable[[Path], None], home: Path) -> None:
    process = run_apart(_guarded, work, home)
    end_well(process)


def _guarded(work: Callable[[Path], None], home: Path) -> None:
    logging.disable(logging.WARNING)
    use_home(home)
    work(home)


def forking() -> multiprocessing.context.ForkServerContext:
    """Return what forks processes from one that has the heavy modules loaded already.

    That one is started once for all: it has one list of what it loads, whoever asks first.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    return context


def run_apart(target: Callable[..., object], *arguments: object) -> BaseProcess:
    """Start a process of its own, whose imports are done."""
    process = forking().Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def end_well(worker: BaseProcess) -> None:
    worker.join(PATIENCE_SECONDS)
    assert worker.exitcode == 0, f"a process ended with {worker.exitcode}"
