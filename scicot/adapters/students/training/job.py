"""What a stage's training is given, where it stands, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from scicot.pure.methods.tasks import Task, Validation
from scicot.words.configs import TrainingConfig
from scicot.words.records import Family


@dataclass(frozen=True, slots=True)
class StepReport:
    """One optimizer step: losses in nats a target token, before the step.

    `deciding` is the loss of the tokens that tell the choice and `rest` that of the others; None
    where the targets decide nothing.
    """

    step: int
    total: int
    loss: float
    tokens_per_second: float
    deciding: float | None = None
    rest: float | None = None


@dataclass(frozen=True, slots=True)
class Validated:
    """How weights do on validation: the share chosen rightly by option scores, and the loss.

    The accuracy is None for a stage that chooses nothing, the loss where there is no text for it.
    """

    accuracy: float | None
    loss: float | None

    @property
    def worth(self) -> tuple[float, float]:
        """What the better weights have more of: accuracy, then a low loss."""
        return self.accuracy or 0.0, -(self.loss or 0.0)


class Watcher(Protocol):
    """Who is told of each step, and may stop the training by raising."""

    def check(self) -> None:
        """Raise when the training should stop; asked between the batches of a step."""

    def pause(self) -> None:
        """Raise Preempted when the training is to be put down; asked where it can be saved."""

    def step(self, report: StepReport) -> None:
        """Take note of one optimizer step."""

    def validated(self, step: int, validated: Validated) -> None:
        """Take note of how the weights do on the validation questions."""

    def saved(self, checkpoint: Path) -> None:
        """Take note of a complete checkpoint's folder."""

    def say(self, message: str) -> None:
        """Pass a sentence on to the person."""


class Silent:
    """A watcher that lets a training run and says nothing."""

    def check(self) -> None:
        """Let it go on."""

    def pause(self) -> None:
        """Let it go on."""

    def step(self, report: StepReport) -> None:
        """Do nothing."""

    def validated(self, step: int, validated: Validated) -> None:
        """Do nothing."""

    def saved(self, checkpoint: Path) -> None:
        """Do nothing."""

    def say(self, message: str) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class StageJob:
    """All that decides a stage's weights, and where it keeps its checkpoints."""

    hash: str
    student: Path
    family: Family
    tasks: Sequence[Task]
    config: TrainingConfig
    precision: str
    work_folder: Path
    threads: int
    device: str = "auto"
    validation: Validation | None = None
    memory: int | None = None  # bytes that the training should hold at most


@dataclass(slots=True)
class TrainingState:
    """Where the training stands; saved with each checkpoint."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    deciding_losses: list[float] = field(default_factory=list)
    rest_losses: list[float] = field(default_factory=list)
    best_accuracy: float | None = None
    best_loss: float | None = None
    best_step: int | None = None
    is_validated: bool = True  # where the step's weights are to be
    seconds: float = 0.0
    tokens: int = 0
