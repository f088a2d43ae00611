"""Train one stage: our batches, one loss, checkpoints that repeat an unbroken run bit for bit.

A loop of our own and not transformers' Trainer: batches differ in size, a run stops between any
two steps, and a checkpoint is either whole or skipped. docs/performance.md has both measured.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from pathlib import Path

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.helpers.led import Helpers
from scicot.adapters.students.loading import (
    device_of,
    fixed_order,
    load_model,
    place_model,
    says_no_fixed_order,
)
from scicot.adapters.students.memory import give_back_memory
from scicot.adapters.students.stages.checkpoints import (
    Checkpoint,
    newest_checkpoint,
    save_checkpoint,
)
from scicot.adapters.students.stages.stage_files import CHECKPOINTS
from scicot.adapters.students.training.batch_work import BatchWork, Hand
from scicot.adapters.students.training.crew import ALONE, Crew
from scicot.adapters.students.training.draws import OwnDraws
from scicot.adapters.students.training.examples import encode_task
from scicot.adapters.students.training.gradient import GradientSum, StepLosses
from scicot.adapters.students.training.hands import Hands, Student
from scicot.adapters.students.training.job import (
    StageJob,
    StepReport,
    TrainingState,
    Watcher,
)
from scicot.adapters.students.training.lora import add_adapters, merge_adapters
from scicot.adapters.students.training.room import Room, count_hands, make_room
from scicot.adapters.students.training.selecting import Selection
from scicot.adapters.students.training.step_plan import StepPlan
from scicot.adapters.students.training.tensors import gather_tensors, put_back
from scicot.words.errors import Preempted, StudentError
from scicot.words.storage import says_away

log = logging.getLogger(__name__)
SAVE_SECONDS = 600  # a checkpoint is written at least this often, however long a step takes


class StageTrainer:
    """One stage's model, optimizer and plan; with a crew, those of one of its processes."""

    def __init__(self, job: StageJob, crew: Crew = ALONE, helpers: Helpers | None = None) -> None:
        import torch

        from scicot.adapters.students.training.quick_parts import use_quick_parts

        self.job = job
        self.crew = crew
        checkpoint = newest_checkpoint(self.checkpoints, job.hash)
        # The thread count decides how sums are split, so a resumed stage keeps its first one.
        self.threads = int(checkpoint.state["threads"]) if checkpoint else job.threads
        torch.set_num_threads(self.threads)
        torch.manual_seed(job.config.seed)
        self.codec = Codec.open(job.student, job.family)
        self.model = place_model(load_model(job.student, job.family), job.device)
        self.pairs = [encode_task(self.codec, task, job.config) for task in job.tasks]
        self.plan = StepPlan(job.tasks[0].examples, self.pairs, job.config)
        self.schedule = self.plan.schedule
        self.room = self._make_room(checkpoint, helpers)
        use_quick_parts(self.model)
        rank = job.config.lora_rank
        self.adapters = add_adapters(self.model, rank) if rank else None
        draws_apart = self.room is not None and self.room.probed.draws_apart
        work = BatchWork(
            family=job.family,
            pad=self.codec.special.pad,
            pairs=self.pairs,
            task_weights=[task.weight for task in job.tasks],
            deciding_weight=job.config.deciding_weight,
            precision=job.precision,
            seed=job.config.seed,
            room=self.room,
        )
        hands = None
        if helpers is not None and self.hands > 1:
            threads = max(1, self.threads // self.hands)
            student = Student(job.student, job.family, rank, threads)
            taken = helpers.take(self.hands - 1)
            hands = Hands(taken, self.model, student, work, draws_apart=draws_apart)
        self.gradient = GradientSum(
            hand=Hand(self.model, job.family, OwnDraws() if draws_apart else None),
            work=work,
            crew=crew,
            lengths=self.plan.lengths,
            hands=hands,
        )
        self.parameters = {
            name: value for name, value in self.model.named_parameters() if value.requires_grad
        }
        self.optimizer = torch.optim.AdamW(
            self.parameters.values(),
            lr=job.config.learning_rate,
            weight_decay=job.config.weight_decay,
            fused=True,
        )
        self.state = TrainingState()
        self.selection = Selection(
            self.model,
            self.codec,
            job,
            self.parameters,
            threads=self.threads,
            hands=hands,
            has_room=self.room is not None and self.room.holds_weights_again,
        )
        # on a GPU a gradient's sums have a fixed order where that is a must; as long as they can
        self._is_on_card = device_of(self.model).type != "cpu"
        self._is_ordered = self._is_on_card
        if checkpoint:
            self._restore(checkpoint)

    def _make_room(self, checkpoint: Checkpoint | None, helpers: Helpers | None) -> Room | None:
        """Return what batches may hold. A stage that goes on keeps its hands: they split sums."""
        before = int(checkpoint.state.get("hands", 1)) if checkpoint else None
        may = count_hands(
            self.model, self.job.family, self.plan.lengths, self.schedule, self.threads
        )
        most = 1 if helpers is None else may if before is None else before
        return make_room(
            self.model,
            self.job,
            self.codec.special.pad,
            self.pairs[0][0],
            hands=most,
            least_hands=1 if before is None else most,
        )

    @property
    def checkpoints(self) -> Path:
        """The folder of this stage's checkpoints."""
        return self.job.work_folder / CHECKPOINTS

    def train(self, watcher: Watcher) -> TrainingState:
        """Run every step that is left and leave the selected weights in the model.

        Where the watcher raises Preempted, the step that is done is saved before.
        """
        if self.state.step:
            watcher.say(f"Going on from the checkpoint of step {self.state.step}.")
        self.model.train()
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        self.crew.meet()
        saved, total = time.monotonic(), self.schedule.total_steps
        if not self.state.is_validated:  # it was put down before it could be
            self._end_step(watcher)
        for step in range(self.state.step + 1, total + 1):
            self.crew.begin(step)
            self._step(step, watcher)
            self.state.is_validated = step % self.schedule.steps_an_epoch != 0 and step < total
            self._end_step(watcher)
            is_time = time.monotonic() - saved > SAVE_SECONDS
            if (step % self.job.config.checkpoint_every == 0 or is_time) and step < total:
                self._keep(watcher)
                saved = time.monotonic()
        self.selection.take_best(self.state)
        self.model.eval()
        if self.adapters is not None:
            self.model = merge_adapters(self.adapters)
        return self.state

    def follow(self, step: int) -> None:
        """Take a step with the crew, as one that helps: nobody is told, and nothing is kept."""
        self.model.train()
        if step != self.state.step + 1:
            raise StudentError(
                f"A helper stands at step {self.state.step} and was to take step {step}: it found "
                "another checkpoint. Resume the run."
            )
        self._learn(step, lambda: None)
        self._update()
        self.state.step = step

    def let_go(self) -> None:
        """Free what only training needs: gradients, moments and the best epoch's weights."""
        self.optimizer.zero_grad(set_to_none=True)
        self.optimizer.state.clear()
        self.selection.best.clear()
        if self.gradient.hands is not None:
            self.gradient.hands.let_go()

    @property
    def hands(self) -> int:
        """How many processes have batches of their own."""
        return self.room.hands if self.room else 1

    def _learn(self, step: int, check: Callable[[], None]) -> StepLosses:
        """Give the model the step's gradient, and the optimizer the step's rate."""
        for group in self.optimizer.param_groups:
            rate = self.schedule.share_of_rate(step, self.job.config.warmup_fraction)
            group["lr"] = self.job.config.learning_rate * rate
        plan = self.plan.step(step)
        share = self.plan.share(plan, self.crew, is_on_card=self._is_on_card)
        try:
            with fixed_order(self._is_ordered):
                return self.gradient.add(plan, check, number=step, share=share)
        except RuntimeError as error:
            if not (self._is_ordered and says_no_fixed_order(error)):
                raise
            log.warning("This student's sums have no fixed order here (%s).", error)
        self._is_ordered = False
        self.optimizer.zero_grad(set_to_none=True)
        return self.gradient.add(plan, check, number=step, share=share)

    def _update(self) -> None:
        """Take the step that the gradient says."""
        import torch

        torch.nn.utils.clip_grad_norm_(
            self.parameters.values(), self.job.config.gradient_clip, foreach=True
        )
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def _step(self, step: int, watcher: Watcher) -> None:
        started = time.perf_counter()
        losses = self._learn(step, watcher.check)
        if math.isnan(losses.loss):
            raise StudentError(
                f"The loss is not a number at step {step}. Lower learning_rate or use fp32."
            )
        self._update()
        seconds = time.perf_counter() - started
        self.state.step = step
        self.state.losses.append(losses.loss)
        if losses.deciding is not None:
            self.state.deciding_losses.append(losses.deciding)
            self.state.rest_losses.append(losses.rest or 0.0)
        self.state.seconds += seconds
        self.state.tokens += losses.tokens
        total, pace = self.schedule.total_steps, losses.tokens / seconds
        watcher.step(StepReport(step, total, losses.loss, pace, losses.deciding, losses.rest))

    def _end_step(self, watcher: Watcher) -> None:
        """Validate the step's weights if they are to be; save it where the training is put down."""
        try:
            if not self.state.is_validated:
                self.selection.look(self.state, watcher)
                self.state.is_validated = True
            watcher.pause()
        except Preempted:
            self._keep(watcher)
            raise

    def _keep(self, watcher: Watcher) -> None:
        if (kept := self._save()) is not None:
            watcher.saved(kept)

    def _save(self) -> Path | None:
        """Write a checkpoint and return its folder; None where its share is away just now.

        The next one is tried again. A disk that is full, or refuses, ends the training.
        """
        state = {name: getattr(self.state, name) for name in TrainingState.__slots__}
        try:
            return save_checkpoint(
                self.checkpoints,
                self.state.step,
                state | {"stage": self.job.hash, "threads": self.threads, "hands": self.hands},
                gather_tensors(self.parameters, self.optimizer, self.selection.best),
            )
        except Exception as error:  # safetensors has errors of its own
            if not says_away(error):
                raise
            log.warning(
                "No checkpoint of step %s: %s is away (%s). The training goes on.",
                self.state.step,
                self.checkpoints,
                error,
            )
            return None
        finally:
            give_back_memory()  # what writing took: a copy of the moments

    def _restore(self, checkpoint: Checkpoint) -> None:
        kept = {name for name in TrainingState.__slots__ if name in checkpoint.state}
        self.state = TrainingState(**{name: checkpoint.state[name] for name in kept})
        self.selection.best = dict(checkpoint.tensors.get("best", {}))
        put_back(checkpoint.tensors, self.parameters, self.optimizer)
