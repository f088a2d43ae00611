"""Where a run's settings, curves and results can go beside our own database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

from scicot.adapters.atomic_files import write_atomically
from scicot.pure.runs.tensorboard import event_file
from scicot.words.errors import InvalidInput
from scicot.words.records import Tracker

PROJECT = "sci-cot"


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """What such a tool is told: settings, points (moment, step, tag, value), and the result."""

    id: int
    name: str
    begun: datetime
    settings: Mapping[str, str]
    points: Sequence[tuple[datetime, int, str, float]]
    result: Mapping[str, float]


def send(tracker: Tracker, run: TrackedRun, folder: Path) -> str:
    """Give a run to a tracker and return where it is; TensorBoard's files go under `folder`.

    Raises InvalidInput, naming the package, where the tracker's is not installed.
    """
    return _SENDERS[tracker](run, folder)


def _to_tensorboard(run: TrackedRun, folder: Path) -> str:
    place = folder / f"run-{run.id}"
    place.mkdir(parents=True, exist_ok=True)
    last = run.points[-1][0] if run.points else run.begun
    final = [(last, 0, f"result/{name}", value) for name, value in run.result.items()]
    # one file a run, written anew: two would show each point twice
    path = place / f"events.out.tfevents.{int(run.begun.timestamp())}.scicot"
    write_atomically(path, event_file(run.begun, [*run.points, *final]))
    return str(path)


def _to_mlflow(run: TrackedRun, _folder: Path) -> str:
    mlflow = _package("mlflow")
    mlflow.set_experiment(PROJECT)
    with mlflow.start_run(run_name=f"{run.id} {run.name}") as started:
        mlflow.log_params(dict(run.settings))
        for _, step, tag, value in run.points:
            mlflow.log_metric(tag.replace("/", "."), value, step=step)
        mlflow.log_metrics(dict(run.result))
        return f"{mlflow.get_tracking_uri()}, run {started.info.run_id}"


def _to_wandb(run: TrackedRun, folder: Path) -> str:
    wandb = _package("wandb")
    folder.mkdir(parents=True, exist_ok=True)
    with wandb.init(
        project=PROJECT, name=f"{run.id} {run.name}", config=dict(run.settings), dir=str(folder)
    ) as started:
        for _, step, tag, value in run.points:
            # stages begin anew at step 1, which W&B's own counter does not allow
            started.log({tag: value, f"{tag.split('/')[0]}/step": step})
        started.summary.update(dict(run.result))
        return str(started.url or folder)


def _package(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise InvalidInput(
            f"The package '{name}' is not installed here. Run `pip install {name}`, or send the "
            "run to tensorboard, which needs none."
        ) from error


_SENDERS: Mapping[Tracker, Callable[[TrackedRun, Path], str]] = {
    Tracker.TENSORBOARD: _to_tensorboard,
    Tracker.MLFLOW: _to_mlflow,
    Tracker.WANDB: _to_wandb,
}
