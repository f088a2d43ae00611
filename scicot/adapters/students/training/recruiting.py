"""The processes that train a stage together: recruited by who leads, and gone when it is done."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scicot.adapters.students.helpers.led import LOOK_SECONDS, Helper
from scicot.adapters.students.helpers.tasks import Desk
from scicot.adapters.students.machine import choose_device
from scicot.adapters.students.training.crew import ALONE, Crew, Member
from scicot.adapters.students.training.job import StageJob
from scicot.words.errors import StudentError


@dataclass(frozen=True, slots=True)
class Recruit:
    """A helper's first task in a crew: its rank, and the stage, which it makes ready."""

    rank: int
    size: int
    job: StageJob

    def do(self, desk: Desk) -> None:
        """Load the student, with an optimizer of its own."""
        from scicot.adapters.students.training.trainer import StageTrainer

        if choose_device(self.job.device) == "cuda":
            import torch

            torch.cuda.set_device(self.rank)
        desk.kept = StageTrainer(self.job, Member(self.rank, self.size))


@dataclass(frozen=True, slots=True)
class Join:
    """Meet the others; who leads is there as well."""

    meeting: str

    def do(self, desk: Desk) -> None:
        """Join them; returns when all are there."""
        trainer = desk.kept
        trainer.crew.join(self.meeting, choose_device(trainer.job.device))


@dataclass(frozen=True, slots=True)
class Follow:
    """Take a step together with the others."""

    step: int

    def do(self, desk: Desk) -> None:
        """Work on this process's share of it."""
        desk.kept.follow(self.step)


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
        """Raise when the run is to stop, or a helper has failed or ended."""
        self.stop()
        for helper in self.helpers:
            helper.hear()

    def meet(self) -> None:
        """Wait until every helper has the student ready, and join them."""
        import torch.distributed as together

        while not all(helper.is_free for helper in self.helpers):
            self.check()
            time.sleep(LOOK_SECONDS)
        for helper in self.helpers:
            helper.tell(Join(self.meeting))
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
            helper.tell(Follow(step))

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
        helpers = [
            Helper.start(f"Process {rank + 1} of {processes} that trained together")
            for rank in range(1, processes)
        ]
        told = replace(job, validation=None)  # who leads tries the weights
        for rank, helper in enumerate(helpers, start=1):
            helper.tell(Recruit(rank, processes, told))
        leader = Leader(helpers, str(Path(folder) / "meeting"), device, stop)
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
