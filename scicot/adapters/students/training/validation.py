"""How a student in training does on the validation questions: options chosen rightly, and loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from scicot.adapters.students.asking.packed import packed_products
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.asking.writing import KEPT_BYTES, LITTLE_KEPT
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.loading import device_of
from scicot.adapters.students.training.examples import evaluating, sum_loss
from scicot.adapters.students.training.job import Validated
from scicot.pure.methods.registry import scores_end
from scicot.pure.methods.tasks import Choosing, Validation
from scicot.pure.predictions.parsing import split_output
from scicot.pure.students.texts import scored_after
from scicot.words.configs import TrainingConfig

AT_ONCE = {"cpu": 32, "cuda": 256}  # questions between two looks at whether the run should stop


class Writer(Protocol):
    """Who writes greedy texts with the weights as they are."""

    def generate(
        self, inputs: Sequence[str], max_new_tokens: int, *, max_input_tokens: int | None = None
    ) -> list[str]:
        """Return the output of each input, in order, of at most `max_new_tokens` tokens."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What weights did on validation questions: chosen rightly of asked, loss over tokens."""

    right: int = 0
    asked: int = 0
    loss: float = 0.0
    tokens: int = 0

    def __add__(self, other: Seen) -> Seen:
        """Return both together."""
        return Seen(
            self.right + other.right,
            self.asked + other.asked,
            self.loss + other.loss,
            self.tokens + other.tokens,
        )

    @property
    def validated(self) -> Validated:
        """The share chosen rightly and the mean loss; None of what nothing was asked for."""
        return Validated(
            self.right / self.asked if self.asked else None,
            self.loss / self.tokens if self.tokens else None,
        )


def try_weights(
    model: Any,
    codec: Codec,
    validation: Validation,
    config: TrainingConfig,
    check: Callable[[], None],
    *,
    writer: Writer | None = None,
    has_room: bool = True,
) -> Seen:
    """Return how the weights do, in fp32 and without dropout; `check` may stop it by raising.

    `writer` writes what a student says before it chooses; the model itself where there is none.
    `has_room`: whether a second copy of the weights, packed for quick products, may be held.
    """
    with evaluating(model), packed_products(model) if has_room else nullcontext():
        task = validation.task
        loss, tokens = 0.0, 0
        if task and task.examples:
            loss, tokens = sum_loss(model, codec, task, config)
        kept = KEPT_BYTES if has_room else LITTLE_KEPT
        right, student = 0, TorchStudent(model, codec, check, kept_bytes=kept)
        at_once = AT_ONCE[device_of(model).type]
        for start in range(0, len(validation.choosing), at_once):
            check()
            part = validation.choosing[start : start + at_once]
            right += _count_right(student, writer or student, part, validation.writes, config)
    return Seen(right, len(validation.choosing), loss, tokens)


def _count_right(
    student: TorchStudent,
    writer: Writer,
    part: Sequence[Choosing],
    writes: int,
    config: TrainingConfig,
) -> int:
    """Return in how many questions the right option has the highest score."""
    inputs = [question.input for question in part]
    after = [question.after for question in part]
    if writes:
        outputs = writer.generate(inputs, writes, max_input_tokens=config.max_input_tokens)
        after = [
            scored_after(question.after, split_output(output)[0])
            for question, output in zip(part, outputs, strict=True)
        ]
    scores = student.score_both(
        inputs,
        [question.options for question in part],
        max_input_tokens=config.max_input_tokens,
        given=after,
        has_end=scores_end(config),
    )
    chosen = [max(range(len(row)), key=lambda place: row[place].total) for row in scores]
    return sum(place == question.right for place, question in zip(chosen, part, strict=True))
