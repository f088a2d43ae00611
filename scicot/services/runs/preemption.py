"""A scheduler's warning to a worker: its run is put down where nothing is lost, to go on later."""

from __future__ import annotations

import signal
import threading

from scicot.adapters.launchers.preemption import WARNING, hold_warnings


def heed_preemption() -> threading.Event:
    """Return an event that is set once this process is warned; to be called by its main thread.

    Processes that it starts afterwards do not die of SIGUSR2: they inherit that it is held back.
    """
    preempted = threading.Event()
    for number in (WARNING, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: preempted.set())
    hold_warnings()

    def wait() -> None:
        # at once, also while the main thread is in the midst of a computation
        signal.sigwait({WARNING})
        preempted.set()

    threading.Thread(target=wait, daemon=True, name="preemption").start()
    return preempted
