"""A process that helps a run: `python -m scicot.adapters.students.helpers.helper DESCRIPTOR`.

It takes tasks from the pipe of that descriptor, one after the other, and sends back what they give.
It ends when the pipe closes, whatever it is doing: the process that started it is done, or gone.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import threading
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle

from scicot.adapters.students.helpers.tasks import Desk, Given, Task, portable
from scicot.adapters.students.loading import read_libraries
from scicot.adapters.students.machine import peak_memory_bytes

# what stops the run is for the process that leads, and a scheduler tells all of a job
NOT_FOR_ME = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)


def main(descriptor: int) -> None:
    """Do what is told until the pipe closes."""
    for number in NOT_FOR_ME:
        signal.signal(number, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING)
    pipe: Connection[Given, tuple[Task, int]] = Connection(descriptor)
    told: queue.Queue[tuple[Task, list[int]]] = queue.Queue()
    threading.Thread(target=_listen, args=(pipe, told), daemon=True).start()
    read_libraries()  # while nothing is told, or what is told is read
    desk = Desk()
    while True:
        task, desk.handles = told.get()
        pipe.send(_carry_out(task, desk))
        del task


def _carry_out(task: Task, desk: Desk) -> Given:
    try:
        value, error = task.do(desk), None
    except Exception as problem:
        logging.exception("A helper could not do its part")
        value, error = None, portable(problem)
    return Given(value, error, peak_memory_bytes() - desk.shared_bytes)


def _listen(
    pipe: Connection[Given, tuple[Task, int]], told: queue.Queue[tuple[Task, list[int]]]
) -> None:
    try:
        while True:
            task, count = pipe.recv()
            told.put((task, [recv_handle(pipe) for _ in range(count)]))
    except (EOFError, OSError):
        os._exit(0)
    except BaseException:
        logging.exception("A helper did not understand what it was told")
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
