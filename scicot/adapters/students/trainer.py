"""Train one stage: our batches, one loss, checkpoints that repeat an unbroken run bit for bit.

A loop of our own and not transformers' Trainer: batches differ in size, a run stops between any
two steps, and a checkpoint is either whole or skipped. docs/performance.md has both measured.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from scicot.adapters.students.checkpoints import newest_checkpoint, save_checkpoint
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.examples import encode_task, evaluate_loss
from scicot.adapters.students.loading import device_of, load_model, place_model
from scicot.adapters.students.loss import Pair, batch_loss, collate
from scicot.pure.methods.methods import Task
from scicot.pure.students.batching import Batch, plan_epochs
from scicot.words.configs import TrainingConfig
from scicot.words.errors import StudentError
from scicot.words.records import Family

if TYPE_CHECKING:
    import torch


class Watcher(Protocol):
    """Who is told of each step, and may stop the training by raising."""

    def step(self, step: int, total: int, loss: float, tokens_per_second: float) -> None:
        """Take note of one optimizer step."""

    def validated(self, step: int, loss: float) -> None:
        """Take note of a loss on the validation examples."""

    def say(self, message: str) -> None:
        """Pass a sentence on to the person."""


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
    validation: Task | None = None


@dataclass(slots=True)
class TrainingState:
    """Where the training stands; saved with each checkpoint."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    best_loss: float | None = None
    best_step: int | None = None
    seconds: float = 0.0
    tokens: int = 0


class StageTrainer:
    """One stage's model, optimizer and plan."""

    def __init__(self, job: StageJob) -> None:
        import torch

        from scicot.adapters.students.quick_parts import use_quick_parts

        self.job = job
        checkpoint = newest_checkpoint(self.checkpoints, job.hash)
        # The thread count decides how sums are split, so a resumed stage keeps its first one.
        self.threads = int(checkpoint.state["threads"]) if checkpoint else job.threads
        torch.set_num_threads(self.threads)
        torch.manual_seed(job.config.seed)
        self.codec = Codec.open(job.student, job.family)
        self.model = place_model(load_model(job.student, job.family))
        use_quick_parts(self.model)
        self.pairs = [self._encode(task) for task in job.tasks]
        self.epochs = plan_epochs(
            self._lengths(), job.config.tokens_per_batch, job.config.seed, job.config.epochs
        )
        self.total_steps = sum(len(epoch) for epoch in self.epochs)
        self.parameters = dict(self.model.named_parameters())
        self.optimizer = torch.optim.AdamW(
            self.parameters.values(),
            lr=job.config.learning_rate,
            weight_decay=job.config.weight_decay,
            fused=True,
        )
        self.state = TrainingState()
        self.best: dict[str, Any] = {}
        if checkpoint:
            self._restore(checkpoint)

    @property
    def checkpoints(self) -> Path:
        """The folder of this stage's checkpoints."""
        return self.job.work_folder / "checkpoints"

    def train(self, watcher: Watcher) -> TrainingState:
        """Run every step that is left and leave the selected weights in the model."""
        if self.state.step:
            watcher.say(f"Going on from the checkpoint of step {self.state.step}.")
        self.model.train()
        step = 0
        for epoch in self.epochs:
            for batch in epoch:
                step += 1
                if step <= self.state.step:
                    continue
                self._step(batch, step, watcher)
                is_last_of_epoch = batch is epoch[-1]
                if is_last_of_epoch:
                    self._validate(step, watcher)
                if step % self.job.config.checkpoint_every == 0 and step < self.total_steps:
                    self._save()
        self._select_best()
        return self.state

    def _step(self, batch: Batch, step: int, watcher: Watcher) -> None:
        import torch

        started = time.perf_counter()
        for group in self.optimizer.param_groups:
            group["lr"] = self.job.config.learning_rate * self._schedule(step)
        loss_sum, tokens = 0.0, 0
        for task, pairs in zip(self.job.tasks, self.pairs, strict=True):
            made = collate(
                [pairs[index] for index in batch],
                self.job.family,
                self.codec.special.pad,
                device_of(self.model),
            )
            with self._precision():
                loss = batch_loss(self.model, made, self.job.family) * task.weight
            loss.backward()  # type: ignore[no-untyped-call]
            loss_sum += loss.item()
            tokens += made.tokens
        if loss_sum != loss_sum:
            raise StudentError(
                f"The loss is not a number at step {step}. Lower learning_rate or use fp32."
            )
        torch.nn.utils.clip_grad_norm_(
            self.parameters.values(), self.job.config.gradient_clip, foreach=True
        )
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        seconds = time.perf_counter() - started
        self.state.step = step
        self.state.losses.append(loss_sum)
        self.state.seconds += seconds
        self.state.tokens += tokens
        watcher.step(step, self.total_steps, loss_sum, tokens / seconds)

    def _schedule(self, step: int) -> float:
        """Return the share of the learning rate at a step: up over the warm-up, then to zero."""
        warmup = round(self.total_steps * self.job.config.warmup_fraction)
        if step <= warmup:
            return step / warmup
        return max(0.0, (self.total_steps - step + 1) / (self.total_steps - warmup))

    def _validate(self, step: int, watcher: Watcher) -> None:
        if self.job.config.selection != "validation" or self.job.validation is None:
            return
        loss = evaluate_loss(self.model, self.codec, self.job.validation, self.job.config)
        self.state.validation_losses.append(loss)
        watcher.validated(step, loss)
        if self.state.best_loss is None or loss < self.state.best_loss:
            self.state.best_loss, self.state.best_step = loss, step
            self.best = {
                name: value.detach().cpu().clone() for name, value in self.parameters.items()
            }

    def _select_best(self) -> None:
        import torch

        if self.best and self.state.best_step != self.state.step:
            with torch.no_grad():
                for name, value in self.parameters.items():
                    value.copy_(self.best[name])
        self.model.eval()

    def _save(self) -> None:
        import torch

        moments: dict[str, Any] = {}
        for name, parameter in self.parameters.items():
            for key, value in self.optimizer.state[parameter].items():
                moments[f"{key}/{name}"] = value.detach().cpu().contiguous()
        tensors = {
            "model": {
                name: value.detach().cpu().contiguous() for name, value in self.parameters.items()
            },
            "optimizer": moments,
            "random": {"cpu": torch.get_rng_state()} | _gpu_random(),
        }
        if self.best:
            tensors["best"] = self.best
        state = {name: getattr(self.state, name) for name in TrainingState.__slots__}
        save_checkpoint(
            self.checkpoints,
            self.state.step,
            state | {"stage": self.job.hash, "threads": self.threads},
            tensors,
        )

    def _restore(self, checkpoint: Any) -> None:
        import torch

        tensors = checkpoint.tensors
        self.state = TrainingState(
            **{name: checkpoint.state[name] for name in TrainingState.__slots__}
        )
        self.best = dict(tensors.get("best", {}))
        with torch.no_grad():
            for name, value in self.parameters.items():
                value.copy_(tensors["model"][name])
        for key, value in tensors["optimizer"].items():
            kind, _, name = key.partition("/")
            parameter = self.parameters[name]
            # fused AdamW keeps its step count beside the parameter it belongs to
            self.optimizer.state[parameter][kind] = value.to(parameter.device)
        torch.set_rng_state(tensors["random"]["cpu"])
        if "gpu" in tensors["random"]:
            torch.cuda.set_rng_state(tensors["random"]["gpu"])

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        import torch

        if self.job.precision == "fp32":
            return contextlib.nullcontext()
        return torch.autocast(device_of(self.model).type, dtype=torch.bfloat16)

    def _encode(self, task: Task) -> list[Pair]:
        return encode_task(self.codec, task, self.job.config)

    def _lengths(self) -> list[tuple[int, int]]:
        """Return each question's lengths, those of all its tasks together."""
        return [
            (
                sum(len(pair.input_ids) for pair in pairs),
                sum(len(pair.target_ids) for pair in pairs),
            )
            for pairs in zip(*self.pairs, strict=True)
        ]


def _gpu_random() -> dict[str, torch.Tensor]:
    import torch

    return {"gpu": torch.cuda.get_rng_state()} if torch.cuda.is_available() else {}
