"""What Slurm runs on a node: the worker as a process of its own, taken up again at a requeue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.launchers.preemption import (
    EXIT_SECONDS,
    LEAVE_SECONDS,
    WARNING,
    hold_warnings,
    submitit_signal,
)
from scicot.words.launching import PREEMPTED_EXIT

LOOK_SECONDS = 0.2
# Slurm ends a job that it preempts by itself; after this long one is requeued that it left alone
ENDED_BY_SLURM_SECONDS = 60.0
_going: list[subprocess.Popen[bytes]] = []  # this process's worker; no part of what is pickled


@dataclass(frozen=True)
class Carry:
    """The worker's command and the file for its output; submitit pickles it by name.

    submitit calls `checkpoint` when the time limit is near and requeues what that returns. The
    worker saves where it stands before, and goes on from there: the same again is all there is to
    do.
    """

    command: tuple[str, ...]
    log: str

    def __call__(self) -> int:
        """Run the worker to its end; RuntimeError when it ends badly, so that Slurm says FAILED."""
        Path(self.log).parent.mkdir(parents=True, exist_ok=True)
        with Path(self.log).open("ab") as log:
            worker = subprocess.Popen(
                self.command, stdout=log, stderr=log, preexec_fn=hold_warnings
            )
            _going[:] = [worker]
            code = worker.wait()
        if code == PREEMPTED_EXIT:
            _wait_for_slurm()
        if code:
            raise RuntimeError(f"the worker ended with {code}; its log is {self.log}")
        return code

    def checkpoint(self) -> Any:
        """Return what is requeued, once the worker has saved and ended; None where it has failed.

        A worker that is done meanwhile ends the job well. submitit calls this within its signal's
        handler, in the midst of `worker.wait`: the process is looked at, and not waited for.
        """
        from submitit.helpers import DelayedSubmission

        code = _end_worker(_going[0]) if _going else PREEMPTED_EXIT
        if code == 0:
            sys.exit(0)
        return DelayedSubmission(self) if code in (PREEMPTED_EXIT, None) else None


def _end_worker(worker: subprocess.Popen[bytes]) -> int | None:
    """Warn the worker and return how it ended; None for one that had to be killed."""
    give_up = time.monotonic() + LEAVE_SECONDS + EXIT_SECONDS
    try:
        os.kill(worker.pid, WARNING)  # it may not have been among those that Slurm warned
        while time.monotonic() < give_up:
            ended = os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None:
                return ended.si_status if ended.si_code == os.CLD_EXITED else None
            time.sleep(LOOK_SECONDS)
        os.kill(worker.pid, signal.SIGKILL)
    except (ProcessLookupError, ChildProcessError):  # `wait` has its code already
        return worker.returncode
    return None


def _wait_for_slurm() -> None:
    """Leave a job whose worker has saved to Slurm, which warned it; else have it requeued."""
    time.sleep(ENDED_BY_SLURM_SECONDS)
    os.kill(os.getpid(), submitit_signal())
    time.sleep(LOOK_SECONDS)
