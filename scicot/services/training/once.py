"""A training that is started once, however many press at one moment."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.session import write
from scicot.services.runs.runs import add_run
from scicot.services.training.training import (
    check_training,
    choose_split,
    list_equal_runs,
    new_run,
)
from scicot.words.configs import TrainingConfig
from scicot.words.people import Action, needs
from scicot.words.records import UNDER_WAY, Actor
from scicot.words.settings import Settings


class _Goes(Exception):
    """Ends a transaction that found an equal run: nothing is stored, nor noted as done."""

    def __init__(self, run_id: int) -> None:
        super().__init__()
        self.run_id = run_id


@needs(Action.START_RUN)
def start_training_once(
    session: Session,
    settings: Settings,
    actor: Actor,
    config: TrainingConfig,
) -> tuple[int, bool]:
    """Start a training unless an equal one waits or goes; return the run's id and if it is new.

    The look and the storing are one transaction: two presses at one moment make one run. One that
    is over or lost is in nobody's way. Raises as `start_training` does.
    """
    config = choose_split(session, config)
    check_training(session, settings, config)
    new = new_run(session, config)
    try:
        with write(session):
            for equal in list_equal_runs(session, config):
                if equal.status in UNDER_WAY:
                    raise _Goes(equal.id)
            return add_run(session, actor, **new), True
    except _Goes as one:
        return one.run_id, False
