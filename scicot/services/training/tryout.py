"""Trying a student as a run: how long training would take, told without holding a page up."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy.orm import Session

from scicot.adapters.students.tryout.probe import STEPS
from scicot.pure.methods.registry import make_config, read_config
from scicot.pure.runs.durations import say_duration
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_run
from scicot.services.training.estimate import estimate_training
from scicot.services.training.training import check_training
from scicot.words.configs import EstimateConfig
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind
from scicot.words.settings import Settings


@needs(Action.START_RUN)
def start_estimate(
    session: Session, settings: Settings, actor: Actor, config: EstimateConfig
) -> int:
    """Store a run that tries the student, and return its id; raises as starting the run would."""
    training = make_config(**config.training)
    check_training(session, settings, training)
    student = config.student.rstrip("/").rsplit("/", 1)[-1]
    return create_run(
        session,
        actor,
        kind=RunKind.ESTIMATE,
        name=f"tries {student} for {training.method}",
        config=config.model_dump(mode="json"),
        dataset_id=find_dataset_id(session, config.dataset),
    )


def run_estimate(context: RunContext) -> dict[str, Any]:
    """Try the student for ten steps, telling each; a run that is cancelled ends the try-out."""
    config = read_config(EstimateConfig.checked(**context.run.config).training)
    context.report(done=0, total=STEPS, message="Loading the student.")
    told, began = 0, time.monotonic()

    def on_step(step: int) -> None:
        nonlocal told
        context.check_cancelled()
        if step <= told:
            return
        told = step
        left = (time.monotonic() - began) / step * (STEPS - step)
        soon = f", about {say_duration(left)} left" if step < STEPS else "; now it writes"
        context.report(done=step, total=STEPS, message=f"Step {step} of {STEPS}{soon}")

    with context.session() as session:
        found = estimate_training(session, context.settings, config, again=True, on_step=on_step)
    return {"message": found.sentence(), "seconds": found.seconds}
