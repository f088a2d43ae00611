"""The helpers of a stage's training: started by who leads, and gone when it is done."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from scicot.adapters.students.machine import choose_device
from scicot.adapters.students.memory import worker_environment
from scicot.adapters.students.training.crew import ALONE, Crew, Member
from scicot.adapters.students.training.job import StageJob
from scicot.words.errors import StudentError
from scicot.words.places import REPOSITORY

READY = b"ready\n"
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Post:
    """What a helper is told first: its place, where the others are met, and the stage."""

    rank: int
    size: int
    meeting: str
    job: StageJob


POSTS: TypeAdapter[Post] = TypeAdapter(Post)  # a line of JSON on the helper's stdin


@dataclass
class Helper:
    """A process that works on its share of every step."""

    rank: int
    process: subprocess.Popen[bytes]
    is_ready: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def start(cls, post: Post) -> Helper:
        """Start a helper, which loads the student meanwhile; it writes to this process's stderr."""
        process = subprocess.Popen(
            [sys.executable, "-m", "scicot.adapters.students.training.helper"],
            cwd=REPOSITORY,
            env=os.environ | worker_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is for the process that leads
        )
        helper = cls(post.rank, process)
        assert process.stdin is not None
        with suppress(OSError):  # it has ended already, which `check` says
            process.stdin.write(POSTS.dump_json(post) + b"\n")
            process.stdin.flush()
        threading.Thread(target=helper._listen, daemon=True).start()
        return helper

    def _listen(self) -> None:
        assert self.process.stdout is not None
        if self.process.stdout.readline() == READY:
            self.is_ready.set()

    def begin(self, step: int) -> None:
        """Tell it the step to work on."""
        assert self.process.stdin is not None
        with suppress(OSError):  # it has ended, which `check` says
            self.process.stdin.write(b"%d\n" % step)
            self.process.stdin.flush()

    def end(self) -> None:
        """End it at once: it has nothing of its own to lose."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()


class Leader(Member):
    """The worker's own process among those that train together."""

    def __init__(
        self, helpers: Sequence[Helper], meeting: str, device: str, stop: Callable[[], None]
    ) -> None:
        super().__init__(0, len(helpers) + 1)
        self.helpers = helpers
        self.meeting = meeting
        self.device = device
        self.stop = stop

    def check(self) -> None:
        """Raise when the run is to stop, or a helper has ended."""
        self.stop()
        for helper in self.helpers:
            code = helper.process.poll()
            if code is not None:
                how = f"by signal {-code}" if code < 0 else f"with code {code}"
                raise StudentError(
                    f"Process {helper.rank + 1} of {self.size} that trained together ended {how}; "
                    "the log says more. Resume the run: it goes on from its last checkpoint."
                )

    def meet(self) -> None:
        """Wait until every helper has the student ready, and join them."""
        import torch.distributed as together

        while not all(helper.is_ready.is_set() for helper in self.helpers):
            self.check()
            time.sleep(LOOK_SECONDS)
        # in a thread, so that a helper that ends at this moment is not waited for
        joining = threading.Thread(target=self.join, args=(self.meeting, self.device), daemon=True)
        joining.start()
        while joining.is_alive():
            self.check()
            joining.join(LOOK_SECONDS)
        if not together.is_initialized():
            raise StudentError(
                "The processes that are to train together could not meet; the log says more. "
                "Resume the run, or set processes=1."
            )

    def begin(self, step: int) -> None:
        """Tell every helper which step comes next."""
        for helper in self.helpers:
            helper.begin(step)

    def end(self) -> None:
        """End the helpers, and leave the group that they were in."""
        import torch.distributed as together

        for helper in self.helpers:
            helper.end()
        group = together.group.WORLD
        if group is not None:
            if self.device == "cuda":  # what waits there for a helper would not be left otherwise
                group.abort()
            together.destroy_process_group()


@contextmanager
def recruited(job: StageJob, processes: int, stop: Callable[[], None]) -> Iterator[Crew]:
    """Yield who trains the stage together; `stop` ends it by raising.

    Raises StudentError where the machine has fewer GPUs than processes.
    """
    if processes == 1:
        yield ALONE
        return
    device = choose_device(job.device)
    if device == "cuda":
        _refuse_missing_cards(processes)
    with tempfile.TemporaryDirectory(prefix="scicot-meeting-") as folder:
        meeting = str(Path(folder) / "meeting")
        told = replace(job, validation=None)  # who leads tries the weights
        helpers = [
            Helper.start(Post(rank, processes, meeting, told)) for rank in range(1, processes)
        ]
        leader = Leader(helpers, meeting, device, stop)
        try:
            yield leader
        finally:
            leader.end()


def _refuse_missing_cards(processes: int) -> None:
    import torch

    cards = torch.cuda.device_count()
    if cards < processes:
        raise StudentError(
            f"The run is to train in {processes} processes, and this machine has {cards} GPU(s): "
            "each needs a card of its own. Set processes to as many, or SCICOT_DEVICE=cpu."
        )
