"""A process that helps to train a stage: `python -m scicot.adapters.students.training.helper`.

It reads its post and then a line for each step from stdin, and says on stdout that it is ready. It
ends when stdin closes, whatever it is doing: the process that started it is done, or gone.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading

from scicot.adapters.students.machine import choose_device
from scicot.adapters.students.training.crew import Member
from scicot.adapters.students.training.recruiting import POSTS, READY


def main() -> None:
    """Load the stage's student, join the others, and work on its share of each step told."""
    told = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints belongs into the log
    logging.basicConfig(level=logging.WARNING)
    post = POSTS.validate_json(sys.stdin.buffer.readline())
    orders: queue.Queue[int] = queue.Queue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()

    from scicot.adapters.students.training.trainer import StageTrainer

    device = choose_device(post.job.device)
    if device == "cuda":
        import torch

        torch.cuda.set_device(post.rank)
    member = Member(post.rank, post.size)
    trainer = StageTrainer(post.job, member)
    os.write(told, READY)
    member.join(post.meeting, device)
    while True:
        trainer.follow(orders.get())


def _listen(orders: queue.Queue[int]) -> None:
    for line in sys.stdin.buffer:
        orders.put(int(line))
    os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        logging.exception("A process that helped to train has ended")
        os._exit(1)  # at an orderly end Python would wait for the thread that reads stdin
