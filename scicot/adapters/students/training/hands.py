"""Threads that work on a step's batches side by side, each with gradients of its own.

Two cores that share every product wait for each other at each of a step's thousands of operations;
a core that has a batch to itself does not. docs/performance.md has what that gives. What it costs
is the memory of a gradient for each, four bytes a weight.
"""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any, TypeVar

import torch
from torch import nn

from scicot.adapters.students.training.draws import OwnDraws
from scicot.adapters.students.training.quick_parts import use_quick_parts

Done = TypeVar("Done")
LOOK_SECONDS = 0.5  # between two looks at whether to stop
MOST = 4  # each has a gradient of its own


class Hand:
    """What works on batches: a model, and what its dropout is drawn from (None: torch's own)."""

    def __init__(self, model: Any, draws: OwnDraws | None = None) -> None:
        self.model = model
        self._draws = draws

    def seed(self, number: int) -> None:
        """Let what is drawn next be decided by a number."""
        if self._draws is None:
            torch.manual_seed(number)
        else:
            self._draws.generator.manual_seed(number)

    def draws(self) -> contextlib.AbstractContextManager[Any]:
        """Return the surroundings in which this hand draws."""
        return contextlib.nullcontext() if self._draws is None else self._draws


class Hands:
    """A model and twins of it that share its weights: one for each thread, with `threads` each."""

    def __init__(self, models: Sequence[Any], threads: int = 1) -> None:
        self.models = models
        self._hands = [Hand(model, OwnDraws()) for model in models]
        self._stopped = threading.Event()
        self._threads = threads
        self._pool = ThreadPoolExecutor(len(models), "hand")

    def work(
        self,
        do: Callable[[Hand, Any, Callable[[], None]], Done],
        shares: Sequence[Any],
        check: Callable[[], None],
    ) -> list[Done]:
        """Return what `do(hand, share, go_on)` gives of each share, one a hand.

        `check` is asked by this thread meanwhile; where it raises, the others stop at their next
        `go_on`.
        """

        def take(hand: Hand, share: Any) -> Done:
            # told each time: for its products torch has one number, whichever thread sets it
            torch.set_num_threads(self._threads)
            with hand.draws():
                return do(hand, share, self._go_on)

        mine = torch.get_num_threads()
        self._stopped.clear()
        under_way = [
            self._pool.submit(take, hand, share)
            for hand, share in zip(self._hands, shares, strict=True)
        ]
        try:
            left = set(under_way)
            while left:
                ended, left = wait(left, LOOK_SECONDS, FIRST_EXCEPTION)
                for one in ended:
                    one.result()
                check()
        except BaseException:
            self._stopped.set()
            wait(under_way)
            raise
        finally:
            torch.set_num_threads(mine)
        return [one.result() for one in under_way]

    def gather(self) -> None:
        """Add the twins' gradients to the model's, in a fixed order, and let go of them."""
        for mine, *others in zip(*(model.parameters() for model in self.models), strict=True):
            for other in others:
                if other.grad is None:
                    continue
                if mine.grad is None:
                    mine.grad = other.grad
                else:
                    mine.grad.add_(other.grad)
                other.grad = None

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise _Stopped


class _Stopped(Exception):
    """Another hand failed, or the run was asked to stop."""


def make_twin(model: Any) -> Any:
    """Return a copy of a model whose parameters lie where the model's do, without gradients."""
    known = {
        id(value): nn.Parameter(value.data, requires_grad=value.requires_grad)
        for value in model.parameters()
    }
    return copy.deepcopy(model, known)


def take_hands(model: Any, count: int, threads: int) -> Hands | None:
    """Return the hands that share a model's batches and these threads; None for one alone."""
    if count == 1:
        return None
    twins = [make_twin(model) for _ in range(count - 1)]
    for twin in twins:
        use_quick_parts(twin.train())
    return Hands([model, *twins], threads // count)
