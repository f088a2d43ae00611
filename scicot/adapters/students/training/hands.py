"""Processes that work on a step's batches side by side: one model's weights, a gradient each.

Two cores that share every product wait for each other at each of a step's thousands of operations,
and two threads with batches of their own at Python's lock; processes do neither
(docs/performance.md). The weights lie in memory that all of them see, and only the process that
leads takes the step. A helper costs a gradient, four bytes a weight, and its modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.helpers.led import Helper
from scicot.adapters.students.helpers.shared_numbers import SharedNumbers
from scicot.adapters.students.helpers.tasks import Desk
from scicot.adapters.students.loading import load_model
from scicot.adapters.students.training.batch_work import BatchWork, Hand
from scicot.adapters.students.training.draws import OwnDraws
from scicot.adapters.students.training.lora import add_adapters
from scicot.adapters.students.training.quick_parts import use_quick_parts
from scicot.adapters.students.training.validation import Seen, try_weights
from scicot.pure.methods.tasks import Validation
from scicot.pure.students.steps import Step
from scicot.words.configs import TrainingConfig
from scicot.words.records import Family


@dataclass(frozen=True, slots=True)
class Student:
    """What a helper reads to have the model that the leading process trains, and its threads."""

    folder: Path
    family: Family
    lora_rank: int
    threads: int


@dataclass(frozen=True, slots=True)
class TakePlace:
    """A helper's first task of a stage: it opens the student, with what lies in shared memory."""

    student: Student
    work: BatchWork
    draws_apart: bool

    def do(self, desk: Desk) -> None:
        """Load the student; its parameters and their gradients then lie where they are shared."""
        weights, gradient = desk.handles
        torch.set_num_threads(self.student.threads)
        model = load_model(self.student.folder, self.student.family)
        use_quick_parts(model)
        if self.student.lora_rank:
            add_adapters(model, self.student.lora_rank)
        model.train()
        shared = SharedNumbers(weights, _shapes(model.parameters()))
        for value, place in zip(model.parameters(), shared.tensors, strict=True):
            value.data = place
        trained = [value for value in model.parameters() if value.requires_grad]
        own = SharedNumbers(gradient, _shapes(trained))
        for block in (shared, own):
            block.close()
        desk.shared_bytes = shared.bytes + own.bytes
        hand = Hand(model, self.student.family, OwnDraws() if self.draws_apart else None)
        desk.kept = Place(self, hand, trained, own)


@dataclass(slots=True)
class Place:
    """Where a helper stands in a stage."""

    told: TakePlace
    hand: Hand
    trained: Sequence[Any]
    gradient: SharedNumbers
    codec: Codec | None = None


@dataclass(frozen=True, slots=True)
class AddBatches:
    """A helper's share of a step."""

    batches: Step
    weighs: Sequence[float]
    number: int

    def do(self, desk: Desk) -> list[float]:
        """Put the share's gradient where it is shared, and return its sums."""
        place: Place = desk.kept
        place.gradient.whole.zero_()
        for value, its in zip(place.trained, place.gradient.tensors, strict=True):
            value.grad = its
        return place.told.work.add(place.hand, self.batches, self.weighs, self.number)


@dataclass(frozen=True, slots=True)
class TryWeights:
    """A helper's share of the validation questions."""

    validation: Validation
    config: TrainingConfig
    has_room: bool

    def do(self, desk: Desk) -> Seen:
        """Return how the weights do on them."""
        place: Place = desk.kept
        if place.codec is None:
            place.codec = Codec.open(place.told.student.folder, place.told.student.family)
        for value in place.trained:
            value.grad = None  # nobody writes into what is shared meanwhile
        return try_weights(
            place.hand.model,
            place.codec,
            self.validation,
            self.config,
            lambda: None,
            has_room=self.has_room,
        )


class Hands:
    """This process and its helpers, each of which has batches of a step and `threads`."""

    def __init__(
        self,
        helpers: Sequence[Helper],
        model: Any,
        student: Student,
        work: BatchWork,
        *,
        draws_apart: bool,
    ) -> None:
        self.helpers = helpers
        self._threads = student.threads
        self._trained = [value for value in model.parameters() if value.requires_grad]
        weights = SharedNumbers.new(_shapes(model.parameters()))
        with torch.no_grad():
            for value, place in zip(model.parameters(), weights.tensors, strict=True):
                place.copy_(value)
                value.data = place
        self._gradients = [SharedNumbers.new(_shapes(self._trained)) for _ in helpers]
        for helper, gradient in zip(helpers, self._gradients, strict=True):
            told = TakePlace(student, work, draws_apart)
            helper.tell(told, (weights.handle, gradient.handle))
        self._blocks = [weights, *self._gradients]  # whose files are open until all have them

    @property
    def count(self) -> int:
        """How many have batches."""
        return len(self.helpers) + 1

    def add(
        self,
        work: Callable[[Step], list[float]],
        shares: Sequence[Step],
        weighs: Sequence[float],
        number: int,
        check: Callable[[], None],
    ) -> list[list[float]]:
        """Add the gradients of a step's shares to the model's and return each share's sums.

        `work` does this process's own share, the first, which is never empty.
        """
        self._await_places(check)
        busy = [place for place, share in enumerate(shares[1:]) if share]
        for place in busy:
            self.helpers[place].tell(AddBatches(shares[1 + place], weighs, number))
        with threads(self._threads):
            sums = [work(shares[0])]
        sums += [self.helpers[place].answer(check) for place in busy]
        for place in busy:
            self._gather(self._gradients[place])
        return sums

    def _gather(self, gradient: SharedNumbers) -> None:
        """Add a helper's gradient to the model's; what this process has none of is not learned."""
        both = [
            (value.grad, its)
            for value, its in zip(self._trained, gradient.tensors, strict=True)
            if value.grad is not None
        ]
        mine, others = zip(*both, strict=True)
        torch._foreach_add_(mine, others)

    def try_weights(
        self,
        work: Callable[[Validation], Seen],
        validation: Validation,
        config: TrainingConfig,
        check: Callable[[], None],
        *,
        has_room: bool,
    ) -> Seen:
        """Return how the weights do on validation, each having a share; `work` does the first."""
        self._await_places(check)
        mine, *others = validation.shares(self.count)
        for helper, share in zip(self.helpers, others, strict=True):
            helper.tell(TryWeights(share, config, has_room))
        with threads(self._threads):
            seen = work(mine)
        for helper in self.helpers:
            seen += helper.answer(check)
        return seen

    def let_go(self) -> None:
        """Let go of the helpers' gradients; no step is taken any more."""
        self._gradients.clear()

    def _await_places(self, check: Callable[[], None]) -> None:
        """Wait until every helper has the student."""
        if self._blocks:
            for helper in self.helpers:
                helper.answer(check)
            for block in self._blocks:
                block.close()
            self._blocks.clear()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch compute with so many threads for a while."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _shapes(parameters: Iterable[Any]) -> list[tuple[int, ...]]:
    return [tuple(value.shape) for value in parameters]
