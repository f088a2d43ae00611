from datetime import UTC, datetime
from typing import Any

import pytest

from scicot.words.asking_configs import GenerationConfig
from scicot.words.configs import TrainingConfig
from scicot.words.errors import RunNotInState
from scicot.words.records import RunKind, RunStatus, Split
from scicot.words.runs import RunView


def view(kind: RunKind, config: dict[str, Any], **fields: Any) -> RunView:
    values: dict[str, Any] = {
        "id": 7,
        "kind": kind,
        "name": "a run",
        "method": None,
        "dataset": "demo",
        "status": RunStatus.DONE,
        "config": config,
        "config_hash": "",
        "snapshot_id": None,
        "experiment_id": None,
        "progress_done": 0,
        "progress_total": 0,
        "message": "",
        "error": None,
        "result": {},
        "actor": "Ada",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "started_at": None,
        "finished_at": None,
        "heartbeat_at": None,
        "cancel_requested": False,
        "code_version": "",
    }
    return RunView(**values | fields)


def test_a_run_gives_the_settings_of_its_kind() -> None:
    asked = GenerationConfig(dataset="demo", trial=True)
    assert view(RunKind.GENERATE, asked.model_dump(mode="json")).generation == asked
    stored = {"method": "sci_cot", "dataset": "demo", "snapshot": "s", "seed": 3, "folds": 5}
    expected = TrainingConfig(
        method="sci_cot", dataset="demo", snapshot="s", seed=3, evaluate_on="test"
    )
    # `folds` is the method's own; a run that does not name its split is of before, and of test
    assert view(RunKind.TRAIN, stored).training == expected


def test_a_setting_that_is_no_more_hides_no_run() -> None:
    run = view(RunKind.GENERATE, {"dataset": "demo", "trial": True, "of_before": 1})
    assert run.generation.trial
    assert view(RunKind.IMPORTED, {"file": "a.csv"}).split is Split.TEST
    assert view(RunKind.PREDICT, {"run": 3, "split": "validation"}).split is Split.VALIDATION


def test_settings_of_another_kind_are_refused_by_a_sentence() -> None:
    with pytest.raises(RunNotInState, match=r"Run 7 is a generate run\. Choose a train run"):
        _ = view(RunKind.GENERATE, {"dataset": "demo"}).training


def test_a_run_has_metrics_once_there_are_some() -> None:
    assert view(RunKind.TRAIN, {}).metrics is None
    assert view(RunKind.TRAIN, {}, result={"metrics": {"accuracy": 0.5}}).metrics == {
        "accuracy": 0.5
    }
