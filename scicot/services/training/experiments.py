"""Experiments: grids of training runs. What two runs have in common is trained once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ExperimentRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.sources.yaml_files import read_yaml
from scicot.pure.methods.registry import find_method, learns, make_config, needs_rationales
from scicot.services.runs.runs import add_run
from scicot.services.students.stages import DECIDING
from scicot.services.teacher.few_shot import check_few_shot, new_few_shot_run
from scicot.services.teacher.few_shot import choose_split as choose_asked
from scicot.services.training.recipes import fit_snapshot
from scicot.services.training.training import check_training, choose_split, new_run
from scicot.words.asking_configs import FewShotConfig
from scicot.words.configs import ExperimentConfig, TrainingConfig
from scicot.words.errors import Conflict, InvalidConfig
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind, Split
from scicot.words.settings import Settings

# What decides how a student is trained and not how it is asked.
LEARNING = {*DECIDING, "fraction"} - {"max_input_tokens", "max_target_tokens"}


@dataclass(frozen=True, slots=True)
class StartedExperiment:
    """An experiment and its queued runs."""

    id: int
    run_ids: tuple[int, ...]


def load_experiment(path: Path) -> ExperimentConfig:
    """Return the grid that a YAML file describes; raises InvalidConfig naming the field."""
    config = ExperimentConfig.checked(**read_yaml(path))
    for method in config.methods:
        try:
            find_method(method)
        except InvalidConfig as error:
            raise InvalidConfig(f"Setting 'methods': {error}") from error
    return config


def plan_runs(config: ExperimentConfig) -> list[TrainingConfig]:
    """Return the grid's runs; those that share a stage do not follow each other.

    Several runs go at once where there is room, and of two that need a stage one would wait. So all
    are tried with a list's first value before any is with its second.
    """
    split = {"evaluate_on": "test"} if config.final else {}
    runs = [
        make_config(
            method=method,
            dataset=dataset,
            snapshot=snapshot,
            student=config.student,
            fraction=fraction,
            seed=seed,
            **settings | split,
        )
        for settings in _expand(config.settings)
        for dataset, named in config.datasets.items()
        for seed, fraction, method in product(config.seeds, config.fractions, config.methods)
        if find_method(method).run_kind is RunKind.TRAIN
        for snapshot in _snapshots_for(method, named)
    ]
    distinct: dict[str, TrainingConfig] = {}
    for run in runs:  # what a method does not have makes no second run of it
        distinct.setdefault(_what_counts(run), run)
    return list(distinct.values())


def _what_counts(run: TrainingConfig) -> str:
    """Return what tells a run from others: of a student that learns nothing, not how it would."""
    return run.model_dump_json(exclude=None if learns(run.method) else LEARNING)


def _snapshots_for(method: str, named: str | tuple[str, ...] | None) -> Sequence[str | None]:
    """Return the snapshots that a method is tried with: one where it learns no rationales."""
    if not isinstance(named, tuple):
        return (named,)
    return named if needs_rationales(find_method(method)) else named[:1]


def _expand(settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the settings once for each choice of a value from every list."""
    values = [value if isinstance(value, list) else [value] for value in settings.values()]
    for chosen in product(*values):
        yield dict(zip(settings, chosen, strict=True))


def plan_baselines(config: ExperimentConfig) -> list[FewShotConfig]:
    """Return the grid's runs in which a large model answers: one a dataset and seed.

    They train nothing, so that there is no fraction; the seed draws their examples. The test split
    is read by a final grid alone, as by the students' runs.
    """
    split = {"split": Split.TEST} if config.final else {}
    asked = [name for name in config.methods if find_method(name).run_kind is RunKind.FEW_SHOT]
    return [
        FewShotConfig.checked(**{"dataset": dataset, "seed": seed, **config.few_shot, **split})
        for dataset in config.datasets
        for seed in config.seeds
        for _ in asked
    ]


@needs(Action.START_RUN)
def start_experiment(
    session: Session, settings: Settings, actor: Actor, config: ExperimentConfig
) -> StartedExperiment:
    """Check every run of the grid, then store the experiment and queue them all.

    A method whose rationales are its own gets a snapshot of them, chosen else as the dataset's.
    Raises Conflict when the name is taken, and whatever a run's check raises, before anything is
    stored.
    """
    if find_experiment_id(session, config.name) is not None:
        raise Conflict(
            f"There is an experiment '{config.name}' already. Give this one another name."
        )
    runs = [choose_split(session, fit_snapshot(session, actor, run)) for run in plan_runs(config)]
    baselines = [choose_asked(session, baseline) for baseline in plan_baselines(config)]
    for run in runs:
        check_training(session, settings, run)
    for baseline in baselines:
        check_few_shot(session, settings, baseline)
    with write(session):
        row = ExperimentRow(
            name=config.name,
            config=config.model_dump(mode="json"),
            actor=actor.name,
            created_at=utc_now(),
        )
        session.add(row)
        session.flush()
        # with its runs or not at all: a kill leaves no name that cannot be used again
        new = [new_run(session, run, experiment_id=row.id) for run in runs]
        new += [new_few_shot_run(session, baseline, experiment_id=row.id) for baseline in baselines]
        run_ids = [add_run(session, actor, **run) for run in new]
        return StartedExperiment(row.id, tuple(run_ids))


def find_experiment_id(session: Session, name: str) -> int | None:
    """Return the experiment's id, or None."""
    return session.scalar(select(ExperimentRow.id).where(ExperimentRow.name == name))
