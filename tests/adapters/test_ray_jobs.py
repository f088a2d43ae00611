"""What a Ray cluster is handed, and that the same is shown; Ray itself is not needed."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scicot.adapters.launchers.carried import Carried
from scicot.adapters.launchers.ray import RayLauncher
from scicot.words.errors import InvalidConfig, InvalidInput
from scicot.words.launching import RayOptions

ENVIRONMENT = {"SCICOT_LAUNCHER": "none", "SCICOT_THREADS": "2"}


@pytest.fixture
def carried(tmp_path: Path) -> Carried:
    return Carried("scicot-run-7", ("run-worker", "7"), tmp_path, tmp_path / "log", ENVIRONMENT)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a cluster that takes every job was sent."""
    job: dict[str, Any] = {}

    def submit_job(**given: Any) -> str:
        job.update(given)
        return "raysubmit_1"

    client = SimpleNamespace(submit_job=submit_job)
    monkeypatch.setattr(RayLauncher, "_client", lambda _self, _seconds: client)
    return job


def shown_options(shown: str) -> dict[str, str]:
    """Return the options of a shown command by name, and what it runs as `entrypoint`."""
    options, _, command = shown.partition(" -- ")
    words = shlex.split(options)
    assert words[:4] == ["ray", "job", "submit", "--no-wait"]
    return dict(zip(words[4::2], words[5::2], strict=True)) | {"entrypoint": command}


@pytest.mark.parametrize("asked", [{}, {"gpus": 2, "cpus": 4, "memory_gb": 1.5}])
def test_what_is_shown_is_what_is_sent(
    carried: Carried, sent: dict[str, Any], asked: dict[str, Any]
) -> None:
    launcher = RayLauncher(RayOptions(python="/opt/python", **asked))
    submitted = launcher.submit(carried)
    assert submitted.ticket == "raysubmit_1"
    assert submitted.submission == launcher.preview(carried)
    shown = shown_options(submitted.submission)
    assert shown.pop("--address") == "http://127.0.0.1:8265"
    assert shown.pop("entrypoint") == sent.pop("entrypoint")
    for name in ("metadata", "runtime_env"):
        option = f"--{name.replace('_', '-')}-json"
        assert json.loads(shown.pop(option)) == sent.pop(name)
    told = {f"--{name.replace('_', '-')}": str(value) for name, value in sent.items() if value}
    assert shown == told


def test_a_job_carries_the_runs_name(carried: Carried, sent: dict[str, Any]) -> None:
    shown = RayLauncher(RayOptions()).submit(carried).submission
    assert sent["metadata"] == {"name": "scicot-run-7"}
    assert """--metadata-json '{"name": "scicot-run-7"}'""" in shown


def test_without_a_path_the_nodes_have_only_our_variables(
    carried: Carried, sent: dict[str, Any]
) -> None:
    RayLauncher(RayOptions()).submit(carried)
    assert sent["runtime_env"] == {"env_vars": ENVIRONMENT}


def test_a_yaml_file_is_rays_runtime_environment_and_its_variables_rule(
    carried: Carried, sent: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "runtime.yaml"
    path.write_text(
        "pip: [sentencepiece]\nworking_dir: /shared/code\n"
        "env_vars:\n  SCICOT_THREADS: '8'\n  HF_HOME: /shared/hub\n"
    )
    RayLauncher(RayOptions(runtime_env=str(path))).submit(carried)
    assert sent["runtime_env"] == {
        "pip": ["sentencepiece"],
        "working_dir": "/shared/code",
        "env_vars": {"SCICOT_LAUNCHER": "none", "SCICOT_THREADS": "8", "HF_HOME": "/shared/hub"},
    }


@pytest.mark.parametrize("text", ["pip: []\n", "env_vars:\npip: []\n", "env_vars: {}\npip: []\n"])
def test_a_yaml_file_without_variables_leaves_ours(
    carried: Carried, sent: dict[str, Any], tmp_path: Path, text: str
) -> None:
    path = tmp_path / "runtime.yaml"
    path.write_text(text)
    RayLauncher(RayOptions(runtime_env=str(path))).submit(carried)
    assert sent["runtime_env"] == {"pip": [], "env_vars": ENVIRONMENT}


def test_a_folder_is_brought_to_the_nodes(
    carried: Carried, sent: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    for named in (str(tmp_path / "code"), "~/code"):
        RayLauncher(RayOptions(runtime_env=named)).submit(carried)
        assert sent["runtime_env"] == {
            "working_dir": str(tmp_path / "code"),
            "env_vars": ENVIRONMENT,
        }


def test_a_path_where_nothing_is_is_named_and_nothing_is_sent(
    carried: Carried, sent: dict[str, Any], tmp_path: Path
) -> None:
    launcher = RayLauncher(RayOptions(runtime_env=str(tmp_path / "none.yaml")))
    for attempt in (launcher.preview, launcher.submit):
        with pytest.raises(InvalidInput, match=r"There is no file .*none\.yaml\. Check the path"):
            attempt(carried)
    assert sent == {}


def test_variables_that_are_none_are_refused(
    carried: Carried, sent: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "runtime.yaml"
    path.write_text("env_vars: [HF_HOME]\n")
    with pytest.raises(InvalidConfig, match=r"runtime\.yaml: env_vars holds no names"):
        RayLauncher(RayOptions(runtime_env=str(path))).submit(carried)
    assert sent == {}
