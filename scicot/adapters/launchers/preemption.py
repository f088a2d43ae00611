"""How a job's processes are warned that their machine is wanted back: by a signal, held back.

Slurm sends SIGUSR2 before a time limit, as it is told to, and SIGTERM at a preemption; Kubernetes
sends SIGTERM. All processes of a job may be sent it, a worker's helpers too.
"""

from __future__ import annotations

import os
import signal

WARNING = signal.SIGUSR2
WARNED_SECONDS = 120  # before the time limit; Slurm may be up to 60 s earlier
LEAVE_SECONDS = 100.0  # for the worker to reach the end of a step and save it
EXIT_SECONDS = 10.0  # more, for its process to end


def hold_warnings() -> None:
    """Hold the warning back in this thread, and in what it starts; submitit's own one too.

    One that comes while a worker is still loading is then not lost: it finds it when it looks.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {WARNING, submitit_signal()})


def submitit_signal() -> signal.Signals:
    """Return the signal that submitit lets Slurm warn by."""
    name = f"SIG{os.environ.get('SUBMITIT_PREEMPT_SIGNAL', 'USR2')}"
    known = {number.name: number for number in signal.Signals}
    return known.get(name, WARNING)
