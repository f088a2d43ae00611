"""Which questions each step of a stage takes, in what batches, and whose of them are."""

from __future__ import annotations

from collections.abc import Sequence

from scicot.adapters.students.loss import Pair
from scicot.adapters.students.training.crew import Crew
from scicot.pure.methods.tasks import count_seen, draw_places, draws
from scicot.pure.students.steps import Schedule, Step, join_batches, plan_steps, share_step
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example

CARD_TIMES = 4  # a GPU works on so many times tokens_per_batch at once


class StepPlan:
    """A stage's steps, planned an epoch at a time: the same ones in whichever process asks.

    `pairs` are the examples of each task, which are worked through together.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        pairs: Sequence[Sequence[Pair]],
        config: TrainingConfig,
    ) -> None:
        self.lengths = _lengths_of(pairs)
        self.schedule = Schedule(
            count_seen(examples, config), config.questions_per_step, config.epochs, config.steps
        )
        self._examples = examples
        self._config = config
        self._planned: tuple[int, list[Step]] = (-1, [])  # an epoch and its steps

    def step(self, number: int) -> Step:
        """Return a step's batches, by its number from 1 on; those of its epoch are planned once."""
        epoch, place = divmod(number - 1, self.schedule.steps_an_epoch)
        if self._planned[0] != epoch:
            self._planned = (epoch, self._plan_epoch(epoch))
        return self._planned[1][place]

    def share(self, step: Step, crew: Crew, *, is_on_card: bool) -> Step:
        """Return what of a step is this process's; a GPU takes it in fewer, larger batches."""
        share = step
        if crew.size > 1:
            share = share_step(step, self.lengths, crew.size)[crew.rank]
        if not is_on_card:
            return share
        return join_batches(share, self.lengths, CARD_TIMES * self._config.tokens_per_batch)

    def _plan_epoch(self, epoch: int) -> list[Step]:
        config = self._config
        shown = list(range(len(self._examples)))
        if draws(self._examples, config):
            shown = draw_places(self._examples, config.seed, epoch)
        lengths = [self.lengths[place] for place in shown]
        planned = plan_steps(
            lengths, config.questions_per_step, config.tokens_per_batch, config.seed, epoch
        )
        return [tuple(tuple(shown[place] for place in batch) for batch in step) for step in planned]


def _lengths_of(pairs: Sequence[Sequence[Pair]]) -> list[tuple[int, int]]:
    """Return each question's lengths, those of all its tasks together."""
    return [
        (
            sum(len(pair.input_ids) for pair in of_tasks),
            sum(len(pair.target_ids) for pair in of_tasks),
        )
        for of_tasks in zip(*pairs, strict=True)
    ]
