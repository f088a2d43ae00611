"""Workers that were killed and could not say so: what their parent and the kernel know of it.

Only the process that started a worker learns its signal; the kernel counts whom it ended for want
of memory, for a group of processes (cgroup) and for the whole machine, but names nobody.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
GROUPS = Path("/sys/fs/cgroup")
LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class MemoryDeaths:
    """How many processes the kernel has ended for want of memory; None where it does not say."""

    group: int | None  # of this process's cgroup, in which its workers are too
    machine: int | None


@dataclass(frozen=True, slots=True)
class Killed:
    """A worker that a signal has ended, and how many the kernel ended at about that time."""

    database_url: str
    run_id: int
    host: str
    pid: int
    signal: int
    meanwhile: MemoryDeaths


_killed: deque[Killed] = deque(maxlen=1000)


def note_killed(killed: Killed) -> None:
    """Keep how a worker ended until somebody who tends asks for it."""
    _killed.append(killed)


def take_killed(database_url: str) -> list[Killed]:
    """Return the workers of this database's runs that were killed since they were asked for."""
    mine = [killed for killed in list(_killed) if killed.database_url == database_url]
    for killed in mine:
        _killed.remove(killed)
    return mine


def count_memory_deaths() -> MemoryDeaths:
    """Return the kernel's counts of this moment."""
    return MemoryDeaths(_count_of_group(), _count_in(PROC / "vmstat"))


def deaths_since(before: MemoryDeaths) -> MemoryDeaths:
    """Return how much the kernel's counts have grown."""
    now = count_memory_deaths()
    return MemoryDeaths(_growth(before.group, now.group), _growth(before.machine, now.machine))


class Lookout:
    """The kernel's counts as they were a few seconds ago, kept while a worker lives.

    What it ended long before the worker did has nothing to do with that.
    """

    def __init__(self) -> None:
        self._counts = deque([count_memory_deaths()], maxlen=2)
        self._over = threading.Event()
        threading.Thread(target=self._keep, daemon=True, name="lookout").start()

    def _keep(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self._counts.append(count_memory_deaths())

    def close(self) -> MemoryDeaths:
        """End it, and return how many were ended in the last seconds, ten at most."""
        self._over.set()
        return deaths_since(self._counts[0])  # the older: the newer may be of a moment ago


def _growth(before: int | None, now: int | None) -> int | None:
    return None if before is None or now is None else max(0, now - before)


def _count_of_group() -> int | None:
    """Return the count of this process's cgroup, of whichever version keeps its memory."""
    try:
        lines = (PROC / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            file = GROUPS / "memory" / path.lstrip("/") / "memory.oom_control"
        elif not controllers:
            file = GROUPS / path.lstrip("/") / "memory.events"
        else:
            continue
        if (count := _count_in(file)) is not None:
            return count
    return None


def _count_in(file: Path) -> int | None:
    try:
        found = re.search(r"^oom_kill (\d+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) if found else None
