"""A student opened in several processes, each of which is asked its share of the questions.

Two threads write little more texts than one, and two processes of a thread each twice as many
(docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.students.asking.scoring import OptionScore
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.asking.writing import KEPT_AFTER, KEPT_BYTES, LITTLE_KEPT
from scicot.adapters.students.helpers.led import MOST_PROCESSES, Helper, can_help
from scicot.adapters.students.helpers.tasks import Desk
from scicot.words.records import Family

SMALL = 50_000_000  # bytes of weights below which a helper's start costs more than it gives
# Questions from which on it is worth that: a causal student writes here, the others only score.
WORTH_A_HELPER = {Family.CAUSAL: 32, Family.ENCODER_DECODER: 1024}
# bytes of a process that answers: its modules, and for each of the weights what packing adds
BASE_BYTES, PER_WEIGHT_BYTE = 500_000_000, 1.25


@dataclass(frozen=True, slots=True)
class Opening:
    """How a process opens a student; as a task it does so in a helper."""

    folder: Path
    family: Family
    threads: int
    kept_bytes: int

    def open(self, check: Callable[[], None] = lambda: None) -> TorchStudent:
        """Return the student opened here."""
        return TorchStudent.open(
            self.folder,
            self.family,
            threads=self.threads,
            device="cpu",
            check=check,
            kept_bytes=self.kept_bytes,
        )

    def do(self, desk: Desk) -> None:
        """Keep it for the questions to come."""
        desk.kept = None
        desk.kept = self.open()


@dataclass(frozen=True, slots=True)
class Ask:
    """A question put to a helper's student: one of its methods, and what that is given."""

    method: str
    given: tuple[Any, ...]
    named: dict[str, Any]

    def do(self, desk: Desk) -> Any:
        """Return what the student says."""
        return getattr(desk.kept, self.method)(*self.given, **self.named)


@dataclass(frozen=True, slots=True)
class Processes:
    """How many processes share a student's questions, and what each of them has."""

    count: int
    threads: int
    kept_bytes: int

    @classmethod
    def fitting(
        cls, folder: Path, family: Family, questions: int, *, threads: int, memory: int
    ) -> Processes:
        """Return one process a thread, or fewer where `memory` bytes do not hold so many.

        One where the student is small, or the questions are few.
        """
        weights = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        each = BASE_BYTES + PER_WEIGHT_BYTE * weights
        is_worth_it = weights >= SMALL and questions >= WORTH_A_HELPER[family]
        most = min(threads, MOST_PROCESSES) if can_help() and is_worth_it else 1
        count = next(
            (n for n in range(most, 1, -1) if memory / n >= each + KEPT_AFTER * LITTLE_KEPT),
            1,
        )
        left = max(LITTLE_KEPT, min(KEPT_BYTES, int((memory / count - each) / KEPT_AFTER)))
        return cls(count, max(1, threads // count), left)


class SharedStudent:
    """What TorchStudent does, by this process and helpers."""

    def __init__(
        self,
        opening: Opening,
        helpers: Sequence[Helper],
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.helpers = helpers
        self.check = check
        self._who: dict[str, int] = {}  # has the text written last after an input in memory
        for helper in helpers:
            helper.tell(opening)
        self.own = opening.open(check)
        for helper in helpers:
            helper.answer(check)

    def writes_as_quickly(self) -> bool:
        """Return whether a batch of texts is written at least as quickly as by CTranslate2."""
        return self.own.writes_as_quickly()

    def generate(
        self,
        inputs: Sequence[str],
        max_new_tokens: int,
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        """Return the greedy output of each input, in order, after what is given of it."""
        if given is None:
            self._who.clear()

        def share(chosen: Sequence[int]) -> Ask:
            begun = None if given is None else [given[place] for place in chosen]
            named = {"max_input_tokens": max_input_tokens, "given": begun}
            return Ask("generate", ([inputs[place] for place in chosen], max_new_tokens), named)

        return self._ask(share, inputs)

    def score_both(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str | None] | None = None,
        has_end: bool = True,
    ) -> list[list[OptionScore]]:
        """Return the scores of each option's text as the target, with its end or without."""

        def share(chosen: Sequence[int]) -> Ask:
            after = None if given is None else [given[place] for place in chosen]
            named = {"max_input_tokens": max_input_tokens, "given": after, "has_end": has_end}
            asked = [inputs[place] for place in chosen], [options[place] for place in chosen]
            return Ask("score_both", asked, named)

        return self._ask(share, inputs)

    def _ask(self, share: Callable[[Sequence[int]], Ask], inputs: Sequence[str]) -> list[Any]:
        """Return what is said of each input."""
        mine, *others = self._deal(inputs)
        asked = [
            (helper, chosen) for helper, chosen in zip(self.helpers, others, strict=True) if chosen
        ]
        for helper, chosen in asked:
            helper.tell(share(chosen))
        said: list[Any] = [None] * len(inputs)
        for place, answer in zip(mine, share(mine).do(Desk(self.own)), strict=True):
            said[place] = answer
        for helper, chosen in asked:
            for place, answer in zip(chosen, helper.answer(self.check), strict=True):
                said[place] = answer
        return said

    def _deal(self, inputs: Sequence[str]) -> list[list[int]]:
        """Return the places of each process's inputs: every n-th, or those that it wrote after.

        Neighbours are alike in length, so that all have alike much to do.
        """
        shares: list[list[int]] = [[] for _ in range(len(self.helpers) + 1)]
        for place, text in enumerate(inputs):
            shares[self._who.setdefault(text, place % len(shares))].append(place)
        return shares
