"""The helpers of a run, seen from the process that leads them.

Threads of one process wait for each other at Python's lock between a student's thousands of small
operations; processes do not. docs/performance.md has what that gives.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from typing import Any, Self

from scicot.adapters.students.helpers.tasks import Given, LetGo, Task
from scicot.adapters.students.memory import worker_environment
from scicot.words.errors import StudentError
from scicot.words.places import REPOSITORY
from scicot.words.storage import LESS_MEMORY

LOOK_SECONDS = 0.1  # between two looks at whether to stop
MOST_PROCESSES = 4  # of a run: each has a gradient, or the weights, of its own
MODULE = "scicot.adapters.students.helpers.helper"


def can_help() -> bool:
    """Return whether processes can help each other here; on Linux they can hand on memory.

    Not the usual shared memory: containers are given 64 MB of that.
    """
    return sys.platform == "linux"


class Helper:
    """A process that does tasks, one after the other, and ends with the one that started it."""

    def __init__(
        self, name: str, process: subprocess.Popen[bytes], pipe: Connection[Any, Given]
    ) -> None:
        self.name = name
        self.process = process
        self.pipe = pipe
        self.peak_bytes = 0
        self._unanswered = 0

    @classmethod
    def start(cls, name: str) -> Helper:
        """Start a helper; it writes to this process's stderr, and reads its modules meanwhile."""
        mine, its = Pipe()
        with its:
            process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(its.fileno())],
                cwd=REPOSITORY,
                env=os.environ | worker_environment(),
                stdin=subprocess.DEVNULL,
                stdout=2,  # whatever a library prints belongs into the log
                pass_fds=[its.fileno()],
                start_new_session=True,  # Ctrl+C is for the process that leads
            )
        return cls(name, process, mine)

    @property
    def is_free(self) -> bool:
        """Whether it lives, and owes no answer."""
        return not self._unanswered and self.process.poll() is None

    def tell(self, task: Task, handles: Sequence[int] = ()) -> None:
        """Give it a task, with open files that it needs; they stay open here too."""
        self._unanswered += 1
        with suppress(OSError):  # it has ended, which `answer` says
            self.pipe.send((task, len(handles)))
            for handle in handles:
                send_handle(self.pipe, handle, self.process.pid)

    def answer(self, check: Callable[[], None] = lambda: None) -> Any:
        """Return what the oldest task without an answer gave, or raise what it ended with.

        `check` is asked meanwhile, and may raise. Raises StudentError where the helper has ended.
        """
        try:
            while not self.pipe.poll(LOOK_SECONDS):
                check()
            given = self.pipe.recv()
        except (EOFError, OSError):
            raise StudentError(self._say_ended()) from None
        self._unanswered -= 1
        self.peak_bytes = max(self.peak_bytes, given.peak_bytes)
        if given.error is not None:
            raise given.error
        return given.value

    def hear(self) -> None:
        """Take the answers that are there, without waiting; raises as `answer` does."""
        try:
            while self.pipe.poll():
                self.answer()
        except OSError:
            raise StudentError(self._say_ended()) from None

    def _say_ended(self) -> str:
        code = self.process.wait()
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        said = f"{self.name} ended {how}; the log says more. "
        if code == -signal.SIGKILL:
            said += f"If nobody ended it, the machine was short of memory. {LESS_MEMORY} "
        return said + "Resume the run: it goes on from what is saved."

    def end(self) -> None:
        """End it at once: it has nothing of its own to lose."""
        self.process.kill()
        self.process.wait()
        self.pipe.close()


class Helpers:
    """A run's helpers: each is started when it is first wanted, or before; they end together."""

    def __init__(self) -> None:
        self._all: list[Helper] = []
        self._peaks: dict[str, int] = {}

    def begin(self, count: int) -> None:
        """Start so many helpers, or those that lack; they read their modules meanwhile."""
        while len(self._all) < count:
            self._all.append(self._start(len(self._all)))

    def take(self, count: int) -> list[Helper]:
        """Return so many helpers; one that has ended, or owes an answer, is replaced."""
        self.begin(count)
        for place in range(count):
            if not self._all[place].is_free:
                self._all[place].end()
                self._all[place] = self._start(place)
        return self._all[:count]

    def let_go(self) -> None:
        """Have each helper that waits give back what its tasks left there."""
        waiting = [helper for helper in self._all if helper.is_free]
        for helper in waiting:
            helper.tell(LetGo())
        for helper in waiting:
            helper.answer()

    @property
    def peak_bytes(self) -> int:
        """The most that all helpers have held, each at its time, beside what they share with us."""
        for helper in self._all:
            self._peaks[helper.name] = max(self._peaks.get(helper.name, 0), helper.peak_bytes)
        return sum(self._peaks.values())

    def end(self) -> None:
        """End all of them."""
        for helper in self._all:
            helper.end()
        self._all.clear()

    def _start(self, place: int) -> Helper:
        return Helper.start(f"Process {place + 2} of those that work on this run")

    def __enter__(self) -> Self:
        """Return the helpers, who end with the block."""
        return self

    def __exit__(self, *reason: object) -> None:
        """End all of them."""
        self.end()
