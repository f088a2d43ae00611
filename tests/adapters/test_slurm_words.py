"""What Slurm says of a job, by its own words; Slurm itself is not needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scicot.adapters.launchers import slurm
from scicot.adapters.launchers.carried import Carried
from scicot.adapters.launchers.slurm import SlurmLauncher
from scicot.words.errors import ClusterSilent, LauncherError
from scicot.words.launching import Phase, SlurmOptions


@pytest.mark.parametrize(
    ("state", "code", "reason", "is_short"),
    [
        ("OUT_OF_MEMORY", "0:125", "exit code 0:125", True),
        ("FAILED", "1:0", "exit code 1:0", False),
    ],
)
def test_a_job_that_ran_out_of_memory_is_told_from_one_that_failed(
    monkeypatch: pytest.MonkeyPatch, state: str, code: str, reason: str, is_short: bool
) -> None:
    said = f"JobId=17 JobName=scicot-run-1 JobState={state} Reason=None ExitCode={code}"
    monkeypatch.setattr(
        slurm, "_slurm", lambda *command: subprocess.CompletedProcess(command, 0, said, "")
    )
    seen = SlurmLauncher(SlurmOptions()).look("17")
    assert (seen.phase, seen.state, seen.reason) == (Phase.ENDED, state, reason)
    assert seen.is_out_of_memory is is_short


@pytest.mark.parametrize(
    ("said", "is_silent"),
    [
        ("Batch job submission failed: Unable to contact slurm controller (connect failure)", True),
        ("Batch job submission failed: Socket timed out on send/recv operation", True),
        ("Batch job submission failed: Invalid partition name specified", False),
    ],
)
def test_a_controller_that_does_not_answer_is_told_from_one_that_refuses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, is_silent: bool
) -> None:
    utils = ModuleType("submitit.core.utils")
    utils.__dict__["FailedJobError"] = RuntimeError
    for name in ("submitit", "submitit.core"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "submitit.core.utils", utils)

    def refuse(_launcher: SlurmLauncher, _carried: Carried) -> Any:
        raise RuntimeError(f"sbatch: error: {said}")

    monkeypatch.setattr(SlurmLauncher, "_executor", refuse)
    job = Carried("scicot-run-1", ("run-worker", "1"), tmp_path, tmp_path / "log")
    with pytest.raises(LauncherError, match=said.partition(": ")[2][:20]) as refused:
        SlurmLauncher(SlurmOptions()).submit(job)
    assert isinstance(refused.value, ClusterSilent) is is_silent
