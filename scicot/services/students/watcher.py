"""What a training run tells about itself while it works, without writing at every step."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db.session import write
from scicot.adapters.students.machine import peak_memory_bytes
from scicot.adapters.students.memory import give_back_memory
from scicot.adapters.students.stages.shared_stages import offer_checkpoint
from scicot.adapters.students.training.job import StepReport, Validated
from scicot.pure.runs.durations import say_duration
from scicot.services.runs.context import RunContext, patiently
from scicot.services.runs.parts import keep_part
from scicot.services.runs.runs import MetricPoint
from scicot.words.errors import DatabaseBusy

FLUSH_SECONDS = 1.0
# the loss of the tokens that tell the choice, and that of a target's other tokens
DECIDING_LOSS, REST_LOSS = "loss_deciding", "loss_rest"
log = logging.getLogger(__name__)


class RunWatcher:
    """Turns steps into progress, metrics and a message; stops the work when asked to.

    Progress counts questions: one for each pass of training and for each text written or scored.
    """

    def __init__(self, context: RunContext, total: int) -> None:
        self.context = context
        self.total = total
        self.role = ""
        self._finished = 0  # by the parts before this one
        self._part = 0  # how much this part counts
        self._part_started = 0.0
        self._done = 0
        self._points: list[MetricPoint] = []
        self._flushed = 0.0
        self._started = time.monotonic()
        self._skipped = 0

    def start(self, role: str, message: str, part: int | None = None) -> None:
        """Begin a part of the run; `part` is how many questions of work it is."""
        self.context.check()
        self.role = role
        self._finished += self._done
        self._done = 0
        self._part_started = time.monotonic()
        if part is not None:
            self._part = part
        self.say(message)

    def expect(self, part: int) -> None:
        """Say how much work the next part is."""
        self._part = part

    def check(self) -> None:
        """Raise when the run was asked to stop."""
        self.context.check_cancelled()

    def pause(self) -> None:
        """Raise when the run was asked to stop, and Preempted when its machine is wanted back."""
        self.context.check()

    def step(self, report: StepReport) -> None:
        """Take note of one optimizer step."""
        self.check()
        values = {
            "loss": report.loss,
            DECIDING_LOSS: report.deciding,
            REST_LOSS: report.rest,
            "tokens_per_second": report.tokens_per_second,
        }
        self._points += [
            MetricPoint(self.role, name, report.step, value)
            for name, value in values.items()
            if value is not None
        ]
        self._done = round(self._part * report.step / report.total)
        loss = f"loss {report.loss:.3f}"
        if report.deciding is not None:
            loss += f" (of the deciding words {report.deciding:.3f})"
        self._flush(
            f"{self.role}: step {report.step} of {report.total}, {loss}, "
            f"{report.tokens_per_second:,.0f} tokens a second",
            force=report.step == report.total,
        )

    def validated(self, step: int, validated: Validated) -> None:
        """Take note of how the weights do on the validation questions."""
        values = {"validation_loss": validated.loss, "validation_accuracy": validated.accuracy}
        self._points += [
            MetricPoint(self.role, name, step, value)
            for name, value in values.items()
            if value is not None
        ]

    def saved(self, checkpoint: Path) -> None:
        """Keep the curve up to a checkpoint, and put it where another machine can go on from it."""
        points, self._points = self._points, []
        patiently(
            lambda: self.context.report(metrics=points),
            (DatabaseBusy,),
            check=self.context.check_cancelled,
        )
        offer_checkpoint(self.context.settings, checkpoint)

    def wrote(self, count: int, *, before: int, total: int) -> None:
        """Take note of texts written or scored in this part; `before` it were others of `total`."""
        self.context.check()
        self._done = count
        pace = count / max(time.monotonic() - self._part_started, 1e-3)
        done = before + count
        self._flush(
            f"{self.role}: {done} of {total} questions, {pace:.2g} a second", force=done == total
        )

    def found(self, role: str, message: str, part: int) -> None:
        """Take note of a part that was done before, and is read again."""
        self.start(role, message, part)
        self._done = part
        self._skipped += part
        self._flush(message, force=True)

    def stand_at(self, done: int) -> None:
        """Take note of all that is done so far, whoever did it."""
        self._finished, self._done = done, 0

    def skip(self, role: str, stage: Any) -> None:
        """Take note of a stage that was there already."""
        how = "reused at no cost" if stage.reused else "by this run, before it was stopped"
        self.start(role, f"{role}: trained before (stage {stage.hash[:8]}), {how}.")
        self._done = self._part
        self._skipped += self._part

    def finish_part(self, name: str, seconds: float, *, role: str | None = None) -> None:
        """Keep what a part took, and the most memory that its processes have held up to its end.

        `role` is the stage's that it trained. A resumed run that finds the part done keeps the
        figures of the time when it was worked on.
        """
        give_back_memory()

        def keep(session: Session) -> None:
            with write(session):
                keep_part(
                    session,
                    self.context.run.id,
                    name,
                    role=role,
                    seconds=round(seconds, 2),
                    peak_memory_bytes=peak_memory_bytes() + self.context.helpers.peak_bytes,
                )

        self.context.patiently(keep)

    def say(self, message: str) -> None:
        """Show a sentence, and keep it in the log."""
        self.context.check_cancelled()
        log.info("%s", message)
        self._flush(message, force=True)

    def _flush(self, message: str, *, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._flushed < FLUSH_SECONDS:
            return
        self._flushed = now
        points, self._points = self._points, []
        done = min(self._finished + self._done, self.total)
        try:
            left = self._time_left(done)
            said = f"{message.rstrip('.')}, {left}" if left else message
            self.context.report(done=done, total=self.total, message=said, metrics=points)
        except DatabaseBusy as error:  # it is told the next time, and the points with it
            self._points = points + self._points
            log.warning("Progress could not be told: %s", error)

    def _time_left(self, done: int) -> str:
        worked = done - self._skipped
        if worked <= 0 or done >= self.total:
            return ""
        seconds = (time.monotonic() - self._started) / worked * (self.total - done)
        return f"about {say_duration(seconds)} left" if seconds > 20 else ""
