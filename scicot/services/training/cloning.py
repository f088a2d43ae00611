"""Runs like another run: its settings as a beginning, and what then differs from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from scicot.pure.methods.registry import make_config, read_config
from scicot.pure.training.differences import Difference, find_differences
from scicot.services.runs.runs import get_run
from scicot.words.configs import NO_LONGER, TrainingConfig, still_taken
from scicot.words.errors import InvalidConfig
from scicot.words.records import RunKind
from scicot.words.runs import RunView


def clone_config(session: Session, run_id: int | None, given: Mapping[str, Any]) -> TrainingConfig:
    """Return a training run's settings with those given in their place; None: the defaults'.

    Raises NotFound, or InvalidConfig for a run that trained nothing or a value that is none.
    """
    if run_id is None:
        return make_config(**given)
    run = get_run(session, run_id)
    if run.kind is not RunKind.TRAIN:
        raise InvalidConfig(
            f"Run {run_id} is a {run.kind} run; only a training run's settings can be taken over. "
            "`python -m scicot runs list` shows the runs."
        )
    return make_config(**still_taken(run.config) | dict(given))


def differences_from_run(
    session: Session, run_id: int, settings: Mapping[str, Any]
) -> list[Difference]:
    """Return what these settings have different from the run's; raises NotFound."""
    return find_differences(_settings_of(get_run(session, run_id)), settings)


def differences_between_runs(session: Session, there: int, here: int) -> list[Difference]:
    """Return what the second run has different from the first: settings, code and packages."""
    first, second = get_run(session, there), get_run(session, here)
    return find_differences(
        _settings_of(first) | _versions_of(first), _settings_of(second) | _versions_of(second)
    )


def _settings_of(run: RunView) -> dict[str, Any]:
    """Return what the run was told; settings that came into being after it have their default."""
    if run.kind is RunKind.TRAIN and run.config:
        told = {name: run.config[name] for name in NO_LONGER if name in run.config}
        return read_config(run.config).model_dump(mode="json") | told
    return dict(run.config)


def _versions_of(run: RunView) -> dict[str, Any]:
    return {"code version": run.code_version} | {
        f"package {name}": version for name, version in run.packages.items()
    }
