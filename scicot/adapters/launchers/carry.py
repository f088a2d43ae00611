"""What Slurm runs on a node: the worker as a process of its own, taken up again at a requeue."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Carry:
    """The worker's command and the file for its output; submitit pickles it by name.

    submitit calls `checkpoint` when the time limit is near and requeues what that returns: the
    worker goes on from its last checkpoint, so the same again is all there is to do.
    """

    command: tuple[str, ...]
    log: str

    def __call__(self) -> int:
        """Run the worker to its end; RuntimeError when it ends badly, so that Slurm says FAILED."""
        Path(self.log).parent.mkdir(parents=True, exist_ok=True)
        with Path(self.log).open("ab") as log:
            code = subprocess.run(
                self.command, stdout=log, stderr=log, check=False, preexec_fn=_leave_warnings
            ).returncode
        if code:
            raise RuntimeError(f"the worker ended with {code}; its log is {self.log}")
        return code

    def checkpoint(self) -> Any:
        """Return what is requeued."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self)


def _leave_warnings() -> None:
    """Slurm warns every process of the job by SIGUSR2, which would end the worker too early."""
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
