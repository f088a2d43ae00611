"""What Slurm says of a job, by its own words; Slurm itself is not needed."""

from __future__ import annotations

import subprocess

import pytest

from scicot.adapters.launchers import slurm
from scicot.adapters.launchers.slurm import SlurmLauncher
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
