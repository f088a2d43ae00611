"""Which weights of a training are kept: the last, or those best on validation questions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from scicot.adapters.students.asking.writing import writes_by_own_steps
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.training.converted import converted
from scicot.adapters.students.training.hands import Hands
from scicot.adapters.students.training.job import StageJob, TrainingState, Validated, Watcher
from scicot.adapters.students.training.validation import Seen, Writer, try_weights
from scicot.pure.methods.tasks import Validation

if TYPE_CHECKING:
    from torch import Tensor


class Selection:
    """Tries the weights that are in training, and remembers the best of `parameters` by name.

    `has_room` is whether the weights may be held once more between two steps.
    """

    def __init__(
        self,
        model: Any,
        codec: Codec,
        job: StageJob,
        parameters: Mapping[str, Tensor],
        *,
        threads: int,
        hands: Hands | None,
        has_room: bool,
    ) -> None:
        self.model = model
        self.codec = codec
        self.job = job
        self.parameters = parameters
        self.threads = threads
        self.hands = hands
        self.has_room = has_room
        self.best: dict[str, Tensor] = {}

    def look(self, state: TrainingState, watcher: Watcher) -> None:
        """Try the weights as they are, where the job selects by validation; note the best."""
        if self.job.config.selection != "validation" or self.job.validation is None:
            return
        watcher.say(f"Trying the weights of step {state.step} on the validation questions.")
        seen = self._try(self.job.validation, watcher)
        watcher.validated(state.step, seen)
        best = Validated(state.best_accuracy, state.best_loss)
        if state.best_step is None or seen.worth > best.worth:
            state.best_accuracy, state.best_loss = seen.accuracy, seen.loss
            state.best_step = state.step
            self.best = {
                name: value.detach().cpu().clone() for name, value in self.parameters.items()
            }

    def take_best(self, state: TrainingState) -> None:
        """Put the best weights into the model, where these are not the last."""
        import torch

        if self.best and state.best_step != state.step:
            with torch.no_grad():
                for name, value in self.parameters.items():
                    value.copy_(self.best[name])

    def _try(self, validation: Validation, watcher: Watcher) -> Validated:
        config = self.job.config
        with self._writer(validation.writes) as writer:

            def work(share: Validation) -> Seen:
                return try_weights(
                    self.model,
                    self.codec,
                    share,
                    config,
                    watcher.pause,
                    writer=writer,
                    has_room=self.has_room,
                )

            if self.hands is None or writer is not None:
                return work(validation).validated
            return self.hands.try_weights(
                work, validation, config, watcher.pause, has_room=self.has_room
            ).validated

    def _writer(self, writes: int) -> AbstractContextManager[Writer | None]:
        """Return what opens the weights for writing; it gives None where the model itself writes.

        A second copy of the weights has to find room, and one with adapters has another form.
        """
        by_itself = not writes or writes_by_own_steps(self.model, self.job.family)
        if by_itself or not self.has_room or self.job.config.lora_rank:
            return nullcontext()
        return converted(self.model, self.job, self.threads)
