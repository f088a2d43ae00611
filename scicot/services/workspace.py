"""The way in for every screen and command: a session that knows the settings and the launcher."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from db.migrate import migrate
from db.session import get_engine
from scicot.adapters.launchers.cluster import refuse_absent
from scicot.adapters.launchers.launcher import Launcher, open_launcher
from scicot.adapters.students.machine import count_slots
from scicot.services.runs.launched import CHOSEN, Chosen, has_launches
from scicot.services.runs.queue import tend_queue
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel, resume_run, start_here
from scicot.words.asking_configs import FewShotConfig, GenerationConfig, JudgeConfig, LessonConfig
from scicot.words.configs import (
    AttributionConfig,
    EstimateConfig,
    ExperimentConfig,
    ImportConfig,
    PredictionConfig,
    TrainingConfig,
    WorthConfig,
)
from scicot.words.records import Actor, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import Settings, get_settings

if TYPE_CHECKING:
    from scicot.services.training.experiments import StartedExperiment

RunConfig = (
    GenerationConfig
    | TrainingConfig
    | FewShotConfig
    | PredictionConfig
    | AttributionConfig
    | JudgeConfig
    | LessonConfig
    | WorthConfig
    | EstimateConfig
    | ImportConfig
)


class Workspace(Session):
    """A session on the migrated database that can start runs.

    It is a session and does not merely hold one, so that what only reads takes it as it is.
    """

    def __init__(self, settings: Settings, launcher: Launcher | None) -> None:
        url = settings.resolved_database_url
        _migrate_once(url)
        super().__init__(get_engine(url), expire_on_commit=False)
        self.settings = settings
        self.launcher = launcher

    @property
    def slots(self) -> int:
        """How many runs compute on this machine at once."""
        return count_slots(self.settings)

    def start(self, actor: Actor, config: RunConfig, chosen: Chosen | None = None) -> int:
        """Check the config, store its run, tend the queue, and return the run's id.

        With a cluster chosen the run goes there. Raises what the check of that kind of run raises,
        before anything is stored.
        """
        with self._going_to(chosen):
            run_id = self._store(actor, config)
        self.tend()
        return run_id

    def start_once(
        self, actor: Actor, config: TrainingConfig, chosen: Chosen | None = None
    ) -> tuple[int, bool]:
        """Start a training as `start` does; beside an equal one that waits or goes start none.

        Return the new run's id and True, or that one's and False.
        """
        from scicot.services.training.once import start_training_once

        with self._going_to(chosen):
            started = start_training_once(self, self.settings, actor, config)
        self.tend()
        return started

    @contextmanager
    def _going_to(self, chosen: Chosen | None) -> Iterator[None]:
        """Let the runs that are created meanwhile go to a cluster; None: to this machine."""
        if chosen is None:
            yield
            return
        refuse_absent(chosen.name)
        self.info[CHOSEN] = chosen
        try:
            yield
        finally:
            del self.info[CHOSEN]

    def _store(self, actor: Actor, config: RunConfig) -> int:
        """Each kind's module is imported when it is first needed: commands stay quick."""
        match config:
            case GenerationConfig():
                from scicot.services.teacher.generation import start_generation

                return start_generation(self, self.settings, actor, config)
            case TrainingConfig():
                from scicot.services.training.training import start_training

                return start_training(self, self.settings, actor, config)
            case FewShotConfig():
                from scicot.services.teacher.few_shot import start_few_shot

                return start_few_shot(self, self.settings, actor, config)
            case PredictionConfig():
                from scicot.services.students.predicting import start_prediction

                return start_prediction(self, self.settings, actor, config)
            case JudgeConfig():
                from scicot.services.judge.judging import start_judge

                return start_judge(self, self.settings, actor, config)
            case LessonConfig():
                from scicot.services.teacher.lessons import start_lesson

                return start_lesson(self, self.settings, actor, config)
            case AttributionConfig():
                from scicot.services.evaluation.asking import start_attribution

                return start_attribution(self, actor, config)
            case EstimateConfig():
                from scicot.services.training.tryout import start_estimate

                return start_estimate(self, self.settings, actor, config)
            case ImportConfig():
                from scicot.services.imports.run import start_import

                return start_import(self, self.settings, actor, config)
            case WorthConfig():
                from scicot.services.worth.run import start_worth

                return start_worth(self, self.settings, actor, config)

    def start_experiment(
        self, actor: Actor, config: ExperimentConfig, chosen: Chosen | None = None
    ) -> StartedExperiment:
        """Check and queue every run of a grid; raises as `start` does, or Conflict for its name."""
        from scicot.services.training.experiments import start_experiment

        with self._going_to(chosen):
            started = start_experiment(self, self.settings, actor, config)
        self.tend()
        return started

    def resume(self, actor: Actor, run_id: int) -> RunView:
        """Queue a run that did not end well again, and tend the queue."""
        if has_launches(self):
            from scicot.services.launching.tending import stop_former

            stop_former(self, run_id)
        resume_run(self, actor, run_id)
        self.tend()
        return get_run(self, run_id)

    def start_here(self, actor: Actor, run_id: int) -> RunView:
        """Let a packed or stopped run wait for a slot here, and tend the queue."""
        start_here(self, actor, run_id)
        self.tend()
        return get_run(self, run_id)

    def send(self, actor: Actor, run_id: int, chosen: Chosen) -> RunView:
        """Let a run that waits or was stopped go to a cluster, and hand it over."""
        from scicot.services.launching.launches import send_run

        refuse_absent(chosen.name)
        send_run(self, actor, run_id, chosen.name, chosen.options)
        self.tend()
        return get_run(self, run_id)

    def cancel(self, actor: Actor, run_id: int) -> RunView:
        """Ask a run to stop, and a cluster that has it only in its queue to forget it."""
        request_cancel(self, actor, run_id)
        self.tend()
        return get_run(self, run_id)

    def tend(self) -> list[int]:
        """Launch every waiting run that has a slot, and return their ids.

        Runs that are elsewhere are looked after first. A node, which launches nothing, tends
        nothing either.
        """
        if self.launcher is not None and has_launches(self):
            from scicot.services.launching.tending import look_after

            look_after(self, self.settings)
        return tend_queue(self, self.settings, self.launcher)

    def wait(
        self,
        run_id: int,
        *,
        on_change: Callable[[RunView], None] = lambda _run: None,
        poll_seconds: float = 0.5,
    ) -> RunView:
        """Return the run once it is finished or lost, telling `on_change` of each new state."""
        seen: tuple[object, ...] = ()
        while True:
            self.tend()
            run = get_run(self, run_id)
            self.commit()  # ends the read: the next one is to see what the worker has written
            state = (run.status, run.message, run.progress_done)
            if state != seen:
                on_change(run)
                seen = state
            if run.status.is_finished or run.status is RunStatus.LOST:
                return run
            time.sleep(poll_seconds)


@contextmanager
def open_workspace() -> Iterator[Workspace]:
    """Yield a workspace on the database and with the launcher of the settings."""
    settings = get_settings()
    with Workspace(settings, open_launcher(settings.launcher)) as workspace:
        yield workspace


@lru_cache(maxsize=8)
def _migrate_once(url: str) -> None:
    migrate(url)
