"""A run's own GPUs: none is shared by two runs of this machine, unless more slots are asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scicot.adapters.students.cards import held_cards
from scicot.adapters.students.machine import list_cards, runs_a_card
from scicot.services.runs.context import RunContext
from scicot.services.runs.launched import processes_of
from scicot.words.settings import LOCAL

LOOK_SECONDS = 1.0  # between two looks at whether a GPU has become free
log = logging.getLogger(__name__)


@contextmanager
def on_own_cards(context: RunContext) -> Iterator[None]:
    """Let a run compute on GPUs that have room for it, one for each of its processes, or wait.

    A GPU has room for one run; for several where SCICOT_TRAINING_SLOTS is more than the GPUs.

    Where a cluster gave the GPUs they are its alone already. Of too few GPUs the training says so.
    """
    needed, cards = processes_of(context.run.config), list_cards()
    is_given = context.run.launcher != LOCAL
    if is_given or context.settings.device == "cpu" or len(cards) < needed:
        yield
        return
    is_told = False
    while True:
        context.check()
        with held_cards(needed, f"run {context.run.id}", runs_a_card(context.settings)) as own:
            if own is not None:
                log.info("Works on GPU %s.", ", ".join(own))
                yield
                return
        if not is_told:
            context.report(message=f"Waits for a GPU: all {len(cards)} work on other runs.")
            is_told = True
        time.sleep(LOOK_SECONDS)
