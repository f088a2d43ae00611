"""Processes that train one stage together: each works on its share of a step, and all take it.

The worker's own process leads: it alone is the run's, writes checkpoints and reports. The others
are its helpers (`recruiting.py`), each with weights and moments of its own. They live on the same
machine, and speak over loopback: gloo on processors, NCCL on GPUs, a card each.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from scicot.words.errors import StudentError

if TYPE_CHECKING:
    import torch

PAUSE_SECONDS = 0.0005  # between two looks at whether a sum is there
PATIENCE = timedelta(minutes=30)  # of a process for the others' shares of one step


class Crew:
    """A process that trains alone: whatever it adds up is the whole."""

    rank = 0
    size = 1

    def meet(self) -> None:
        """Wait until everybody has the student ready."""

    def begin(self, step: int) -> None:
        """Tell the others which step comes next."""

    def add_up(self, parameters: Sequence[torch.nn.Parameter], values: list[float]) -> list[float]:
        """Make the parameters' gradients everybody's sum, and return that of the values."""
        return values


ALONE = Crew()


class Member(Crew):
    """One of several processes; `rank` counts from 0, which is who leads."""

    def __init__(self, rank: int, size: int) -> None:
        self.rank = rank
        self.size = size

    def check(self) -> None:
        """Raise where the sum that is waited for will not come."""

    def join(self, meeting: str, device: str) -> None:
        """Join the others; returns when all are there."""
        import torch.distributed as together

        for variable in ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME"):
            os.environ.setdefault(variable, _loopback())
        together.init_process_group(
            "nccl" if device == "cuda" else "gloo",
            init_method=f"file://{meeting}",
            rank=self.rank,
            world_size=self.size,
            timeout=PATIENCE,
        )

    def add_up(self, parameters: Sequence[torch.nn.Parameter], values: list[float]) -> list[float]:
        """Make the parameters' gradients everybody's sum, and return that of the values.

        A parameter that none of the processes has a gradient of stays without.
        """
        import torch

        has_gradient = [float(parameter.grad is not None) for parameter in parameters]
        told = torch.tensor(
            [*values, *has_gradient], dtype=torch.float64, device=parameters[0].device
        )
        self._add([told])
        summed = told.tolist()
        gradients = []
        for parameter, count in zip(parameters, summed[len(values) :], strict=True):
            if not count:
                continue
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            parameter.grad = parameter.grad.contiguous()
            gradients.append(parameter.grad)
        self._add(gradients)
        return summed[: len(values)]

    def _add(self, tensors: Sequence[torch.Tensor]) -> None:
        """Make each tensor everybody's sum, the same to the last bit for all."""
        import torch.distributed as together

        try:
            under_way = [together.all_reduce(tensor, async_op=True) for tensor in tensors]
            for work in under_way:
                while not work.is_completed():
                    self.check()
                    time.sleep(PAUSE_SECONDS)
                work.wait()
        except RuntimeError as error:
            self.check()  # who ended says more than that a connection closed
            raise StudentError(
                "The processes that train together have lost each other; the log says more. Resume "
                "the run: it goes on from its last checkpoint."
            ) from error


def _loopback() -> str:
    """Return the name of this machine's own interface: nobody else takes part."""
    names = [name for _, name in socket.if_nameindex()]
    return next((name for name in names if name.startswith("lo")), names[0])
